"""Public parameters of machine images that the emulator does not know get a placeholder: no instance boots."""

from ministack.services import ssm


def apply():
    ssm._PUBLIC_AMI_PARAMETERS = PublicImages(ssm._PUBLIC_AMI_PARAMETERS)


class PublicImages(dict):
    """The emulator's list of public image parameters, open to every other one."""

    def get(self, name, default=None):
        if name in self:
            return self[name]
        return "ami-00000000000000000" if str(name).startswith("/aws/service/ami-") else default
