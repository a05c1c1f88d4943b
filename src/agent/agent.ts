/**
 * The face of the room: a model that starts from the diagnosis, looks further with tools, and concludes. One model
 * call is one step, one tool call is one step, so that a durable engine resumes in the middle.
 */
export { PROVIDERS, type ModelSpec, type Price, type Provider } from './models/spec.ts'
export type { JsonSchema, Tool, ToolOutput, ToolSet } from './tool.ts'
