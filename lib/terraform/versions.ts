/** Version of the provider whose bindings the tests check the configuration against. */
export const PROVIDER_VERSION = '6.25.0';
/** The first with write-only arguments, by which no password comes to stand in a state. */
export const TERRAFORM_VERSION = '>= 1.11.0';
