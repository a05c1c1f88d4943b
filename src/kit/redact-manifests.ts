/**
 * A Secret printed as YAML or JSON: base64 is no protection, so the values of its `data` and `stringData` go. JSON also
 * inside JSON (the annotation last-applied-configuration), where quotes are escaped.
 */

const SECRET_KIND = /kind\\{0,4}["']?[ \t]{0,4}:[ \t]{0,4}\\{0,4}["']?Secret(?:List)?\b/

export function redactSecretManifests(text: string): string {
  if (!SECRET_KIND.test(text)) return redactDockerConfig(text)
  return redactDockerConfig(redactYaml(redactJson(text)))
}

const DATA_OBJECT = /\\{0,6}"(?:data|stringData)\\{0,6}"\s{0,8}:\s{0,8}\{/g
const PAIR = /([\s,]{0,400}\\{0,6}"[-._a-zA-Z0-9]{1,253}\\{0,6}"\s{0,8}:\s{0,8})(\\{0,6}")/y

/** Masks the strings of every `data` object of a JSON text that holds a Secret. */
function redactJson(text: string): string {
  let out = ''
  let done = 0
  DATA_OBJECT.lastIndex = 0
  for (let match = DATA_OBJECT.exec(text); match !== null; match = DATA_OBJECT.exec(text)) {
    let at = DATA_OBJECT.lastIndex
    for (;;) {
      PAIR.lastIndex = at
      const pair = PAIR.exec(text)
      if (pair === null) break
      const start = PAIR.lastIndex
      const close = closingQuote(text, start, pair[2]!)
      if (close > start) out += `${text.slice(done, start)}[REDACTED:secret-data]`
      else out += text.slice(done, start)
      done = close
      at = close + pair[2]!.length
    }
    DATA_OBJECT.lastIndex = Math.max(at, DATA_OBJECT.lastIndex)
  }
  return out + text.slice(done)
}

/** The end of a string that `quote` (a quote with its escapes) opened: the next quote that carries no more escapes than that. */
function closingQuote(text: string, start: number, quote: string): number {
  for (let end = text.indexOf(quote, start); end !== -1; end = text.indexOf(quote, end + 1)) {
    if (end === start || text[end - 1] !== '\\') return end
  }
  return text.length
}

const BLOCK_START = /^(\s*(?:- )?)(?:data|stringData):[ \t]*$/
const ENTRY = /^(\s*)("?[-._a-zA-Z0-9]{1,253}"?:[ \t]+)(\S.*)$/

/** Masks the entries below `data:` of a YAML text, block scalars included. */
function redactYaml(text: string): string {
  const lines = text.split('\n')
  let blockIndent = -1
  let scalarIndent = -1
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!
    const indent = line.length - line.trimStart().length
    if (blockIndent >= 0) {
      if (line.trim() === '') continue
      if (indent > blockIndent) {
        if (scalarIndent >= 0 && indent > scalarIndent) {
          lines[i] = `${line.slice(0, indent)}[REDACTED:secret-data]`
          continue
        }
        scalarIndent = -1
        const entry = ENTRY.exec(line)
        if (entry === null) continue
        if (/^[|>][-+0-9]*\s*$/.test(entry[3]!)) scalarIndent = indent
        else if (!/^(?:""|''|\{\}|null)\s*$/.test(entry[3]!)) lines[i] = `${entry[1]}${entry[2]}[REDACTED:secret-data]`
        continue
      }
      blockIndent = -1
      scalarIndent = -1
    }
    const block = BLOCK_START.exec(line)
    if (block !== null) blockIndent = block[1]!.length
  }
  return lines.join('\n')
}

const DOCKER_AUTH = /(\\{0,6}"auth\\{0,6}"\s{0,8}:\s{0,8}\\{0,6}")([A-Za-z0-9+/]{4,4096}={0,2})(?=\\{0,6}")/g
const DOCKER_CONFIG = /(\.dockerc(?:onfigjson|fg)\\{0,6}["']?[ \t]{0,8}:[ \t]{0,8}\\{0,6}["']?)([A-Za-z0-9+/]{8,}={0,2})/g

function redactDockerConfig(text: string): string {
  let out = text
  if (out.includes('auth')) out = out.replace(DOCKER_AUTH, '$1[REDACTED:registry-auth]')
  if (out.includes('.dockerc')) out = out.replace(DOCKER_CONFIG, '$1[REDACTED:dockerconfigjson]')
  return out
}
