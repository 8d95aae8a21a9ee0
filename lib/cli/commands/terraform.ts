import { type Command, Option } from 'commander';
import type {
  TerraformFolderOptions,
  TerraformPlanOptions,
  TerraformSynthOptions,
} from '../actions/terraform';
import type { CommandContext } from '../context';
import { runCommand } from '../run';

const EXAMPLES = `
Examples:
  $ npx holdfast terraform synth
  $ npx holdfast terraform validate --region us-west-2
  $ npx holdfast terraform plan-check --fail-on change
`;

/** `holdfast terraform`: the same topology as Terraform, and what Terraform and the drift bot say of it. */
export function terraformCommand(program: Command, context: CommandContext): void {
  const terraform = program
    .command('terraform')
    .description('the same topology as Terraform: write it, validate it, and judge what a plan would do')
    .addHelpText('after', EXAMPLES);
  terraform
    .command('synth')
    .description('write one root module a Region: cdktf.out/stacks/<region>/cdk.tf.json')
    .option('--out <folder>', 'where', 'cdktf.out')
    .option('--state-bucket <name>', 'bucket of the states; one in each Region by default')
    .option('--modules', 'write each Region as a module for plain HCL too: cdktf.out/modules/<region>')
    .addHelpText('after', EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<TerraformSynthOptions>();
      context.exit(await runCommand(context, options, () => load().synth(context, options)));
    });
  ofFolder(terraform.command('validate').description('have Terraform validate what was written')).action(
    async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<TerraformFolderOptions>();
      context.exit(await runCommand(context, options, () => load().validate(context, options)));
    },
  );
  ofFolder(
    terraform.command('plan-check').description('have Terraform plan, and the drift bot judge the plans'),
  )
    .addOption(
      new Option('--fail-on <class>', 'exit 2 from this class on')
        .choices(['any', 'change', 'danger'])
        .default('danger'),
    )
    .option('--register <file>', 'the active Region by the register: holdfast status --json')
    .option('--ignore <file>', 'reviewed findings to ignore; drift-ignore.yaml of the project by default')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<TerraformPlanOptions>();
      context.exit(await runCommand(context, options, () => load().planCheck(context, options)));
    });
}

const ofFolder = (command: Command): Command =>
  command
    .option('--in <folder>', 'what `terraform synth` has written', 'cdktf.out')
    .option('--region <regions...>', 'Regions; all that were written by default')
    .option('--binary <file>', 'terraform or tofu; whichever is found by default')
    .addHelpText('after', EXAMPLES);

const load = () => require('../actions/terraform') as typeof import('../actions/terraform');
