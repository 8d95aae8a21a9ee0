import type { Problem } from '../../lib/errors';
import type { Draft } from '../draft';

/** The account stands in the file, or comes from the environment through the caller. */
export function accountProblems(draft: Draft, fromEnvironment: string | undefined): readonly Problem[] {
  if (draft.account !== undefined) return [];
  if (fromEnvironment === undefined || fromEnvironment === '') {
    return [
      {
        path: 'account',
        message: 'is missing in the file, and the environment names none',
        fix: "set account: '<12 digits>', or run with CDK_DEFAULT_ACCOUNT set",
      },
    ];
  }
  if (/^\d{12}$/.test(fromEnvironment)) return [];
  return [
    {
      path: 'account',
      received: fromEnvironment,
      message: 'is missing in the file, and the account of the environment has not 12 digits',
      fix: "set account: '<12 digits>', or correct CDK_DEFAULT_ACCOUNT",
    },
  ];
}
