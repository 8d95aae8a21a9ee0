const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

/**
 * A host name of at least two labels in lower case: Route 53 lower-cases names, so any other form would show as a
 * change that is none.
 */
export const HOST_FORM = new RegExp(`^(?=.{4,253}$)${LABEL}(?:\\.${LABEL})+$`);
/** How to mend a host name. */
export const HOST_FIX =
  'use a lower-case host name such as orders.example.com, labels of 63 characters at the most';
