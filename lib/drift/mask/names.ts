/** Names that hold a secret: `DB_PASSWORD`, `apiKey`, `master_user_secret`, `ConnectionString`. */
const SECRET =
  /passw(?:or)?d|passphrase|(?:^|_)pwd(?:_|$)|secret|token|credential|(?:api|access|private|signing|auth|client|encryption)_?key|connection_?string|(?:^|_)dsn(?:_|$)|authorization/;

/**
 * Names that only speak of one: where it lies, how old it may get, whether there is one. Their values are no secrets,
 * and who reviews needs them.
 */
const ABOUT =
  /_(?:arns?|ids?|names?|versions?|stages?|ttl|length|period|days|hours|minutes|seconds|rotation|rules?|policy|policies|regions?|validity|units?|expiration|expiry|enabled|required|status|types?|methods?|count|endpoints?|urls?|uri|path|headers?|sources?)$/;

/** Whether a value of that name is a secret, as far as its name tells. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
  if (/access_?key_id$/.test(words)) return true;
  return SECRET.test(words) && !ABOUT.test(words);
}
