import { isSensitiveKey } from '#kit/redact-assignments'

/** Whether a field holds the value of a variable, or of a key, whose name says that it is secret. */
const isSecret = (field: string): boolean => {
  const [, name, key] = /\[name=([^\]]+)\](?:\.value)?$|^data(?:\.|\[)([^\]]+)\]?$/.exec(field) ?? []
  return isSensitiveKey(name ?? key ?? '')
}

/** A value of a field as it may be shown. */
export const shownValue = (field: string, text: string): string => (text !== '' && isSecret(field) ? '[REDACTED:env]' : text)
