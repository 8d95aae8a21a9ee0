/**
 * The data of an answer, in the form that dns-packet encodes, from a value as Route 53 writes it; undefined for a
 * type that the lab does not answer.
 */
export function recordData(type: string, value: string): unknown {
  const parts = value.trim().split(/\s+/);
  switch (type) {
    case 'A':
    case 'AAAA':
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return value.trim().replace(/\.$/, '');
    case 'TXT':
      return (value.match(/"(?:[^"\\]|\\.)*"/g) ?? [value]).map(text => text.replace(/^"|"$/g, ''));
    case 'MX':
      return { preference: Number(parts[0]), exchange: (parts[1] ?? '').replace(/\.$/, '') };
    case 'SOA': {
      const [mname, rname, ...numbers] = parts;
      const [serial, refresh, retry, expire, minimum] = numbers.map(Number);
      return { mname, rname, serial, refresh, retry, expire, minimum };
    }
    default:
      return undefined;
  }
}
