const SEPARATOR = 0xff

/**
 * Prometheus' identity of a label set: 64-bit FNV-1a over `name 0xff value 0xff`, names in the order of their bytes; 16 hex digits.
 *
 * A 64-bit product does not fit a JavaScript number, and BigInt takes a microsecond a byte. So the hash is kept as two halves: its prime
 * is 2^40 + 0x1b3, hence hash × prime = hash × 0x1b3 + (hash << 40), and each partial product stays below 2^53.
 */
export function fingerprint(labels: Readonly<Record<string, string>>): string {
  let high = 0xcbf29ce4
  let low = 0x84222325
  const add = (byte: number) => {
    const mixed = (low ^ byte) >>> 0
    const product = mixed * 0x1b3
    high = (high * 0x1b3 + Math.floor(product / 0x1_0000_0000) + mixed * 0x100) % 0x1_0000_0000
    low = product % 0x1_0000_0000
  }
  const sorted = Object.entries(labels)
    .map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const)
    .sort(([a], [b]) => Buffer.compare(a, b))
  for (const pair of sorted) {
    for (const text of pair) {
      for (const byte of text) add(byte)
      add(SEPARATOR)
    }
  }
  return hex(high) + hex(low)
}

const hex = (half: number): string => half.toString(16).padStart(8, '0')

/** Whether a text is a fingerprint. */
export const isFingerprint = (text: unknown): text is string => typeof text === 'string' && /^[0-9a-f]{16}$/.test(text)
