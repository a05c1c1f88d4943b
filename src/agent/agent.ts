/**
 * The face of the room: a model that starts from the diagnosis, looks further with tools, and concludes. One model
 * call is one step, one tool call is one step, so that a durable engine resumes in the middle.
 */
export { investigateWithAgent, type AgentOptions, type AgentOutcome } from './investigate.ts'
export type { AgentBudget } from './budget.ts'
export type { AgentEvent, AgentHappening, OnAgentEvent } from './events.ts'
export { eventText } from './event-text.ts'
export { agentProblems } from './accept.ts'
export { chainOf, specOf, type Keys } from './models/chain.ts'
export { checkSpec, createModel } from './models/create.ts'
export { createModelFetch, type ModelFetch } from './models/fetch.ts'
export { modelFromFlag } from './models/flag.ts'
export type { Fetch, Model, ModelChain } from './models/model.ts'
export type { ModelSpec, Price } from './models/spec.ts'
export { renderGoal } from './prompt/goal.ts'
export type { JsonSchema, Tool, ToolOutput, ToolSet } from './tool.ts'
export type { SaveArtifact } from './tool-step.ts'
export { usageOfRecords } from './usage.ts'
export { openTools, type OpenToolsOptions, type OpenTools } from './tools/open.ts'
export { findRunbook, runbookByName, runbooks, type Runbook } from './runbooks/runbooks.ts'
export { createKubectlTool } from './tools/kubectl.ts'
export { openKubectl, type Kubectl, type KubectlLimits, type KubectlOptions, type LookFailure } from './tools/kubectl/program.ts'
export { createPromqlTool, type PromqlToolOptions } from './tools/promql.ts'
