/** A failure as the Kubernetes API tells it (metav1.Status); kubectl prints `Error from server (<reason>): <message>`. */
export class StatusError extends Error {
  override readonly name = 'StatusError'
  readonly code: number
  readonly reason: string
  readonly details: object | undefined

  constructor(code: number, reason: string, message: string, details?: object) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
  }
}

export const badRequest = (message: string): StatusError => new StatusError(400, 'BadRequest', message)
export const notFound = (message: string, details?: object): StatusError => new StatusError(404, 'NotFound', message, details)
export const readOnly = (what: string): StatusError =>
  new StatusError(405, 'MethodNotAllowed', `${what}: this is a recorded cluster, which can only be read`)

export const statusOf = ({ code, reason, message, details }: StatusError): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  ...(details && { details }),
  code,
})
