import { z } from 'zod'
import { EnvName, LocalRef, Name, Quantity, SecretKeyRef, Text, Template, withRules, exactlyOneOf } from './meta.ts'

/** Of one word or value, as a template. */
const Word = Text(4096)
const LITERALS = 'each a Liquid template of its own over `alert`, `alerts`, `params`, `incident`, `steps`; never a shell'

const EnvVariable = exactlyOneOf(
  {
    name: EnvName.describe('Its name.'),
    value: Template.optional().describe('Liquid, as the words are.'),
    secretKeyRef: SecretKeyRef.optional().describe('A key of a Secret of this namespace; Inquest itself does not read it.'),
  },
  ['value', 'secretKeyRef'],
)

const Amounts = z.strictObject({
  cpu: Quantity.optional().describe('Such as 100m.'),
  memory: Quantity.optional().describe('Such as 128Mi.'),
})

const member = z.strictObject({
  image: Text(1024)
    .optional()
    .describe(
      "The image whose container runs as a Job in this namespace. Without one it is a program of the server's own, which only a folder of manifests may name (`--allowed-commands`).",
    ),
  command: z
    .array(Word)
    .min(1)
    .max(64)
    .optional()
    .describe(
      `The program and its first words, ${LITERALS}. The program itself is no template. Default: the image's own. A value may not begin with \`-\`, unless the template itself does.`,
    ),
  args: z.array(Word).min(1).max(64).optional().describe('The words after those, in the same way.'),
  env: z
    .array(EnvVariable)
    .max(64)
    .superRefine((variables, ctx) => {
      variables.forEach(({ name }, i) => {
        if (variables.findIndex((one) => one.name === name) < i)
          ctx.addIssue({ code: 'custom', path: [i, 'name'], message: `"${name}" names two variables; a variable's name is unique` })
      })
    })
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
    .optional()
    .describe("The program's environment."),
  successExitCodes: z
    .array(z.int().min(0).max(255))
    .min(1)
    .max(16)
    .refine((codes) => new Set(codes).size === codes.length, 'a code stands twice in the list')
    .meta({ 'x-kubernetes-list-type': 'set' })
    .optional()
    .describe('With which exit codes the step succeeds. Default 0.'),
  resources: z
    .strictObject({
      requests: Amounts.optional().describe('What it is sure to get.'),
      limits: Amounts.optional().describe('The most it may use.'),
    })
    .optional()
    .describe(
      'Of the container. Default: requests of 50m and 64Mi, limits of 500m and 256Mi; of a pair of which one is given, the other is the same.',
    ),
  runAsUser: z.int().min(1).max(2_147_483_647).optional().describe('The user and group in the container. Default 65532; never root.'),
  serviceAccountName: Name.optional().describe(
    "The pod's ServiceAccount, whose token is then in the container. Default: no token. It is not who creates the Job: that is the Workflow's.",
  ),
  imagePullSecrets: z.array(LocalRef).max(8).optional().describe('For the registry.'),
})

const FOR_JOBS = ['resources', 'runAsUser', 'serviceAccountName', 'imagePullSecrets'] as const

/** A program: in a container of its own, or one of the server's machine. */
export const RunStep = withRules(member, [
  {
    rule: 'has(self.image) || has(self.command)',
    message: 'image or command must be set',
    holds: ({ image, command }) => image !== undefined || command !== undefined,
  },
  {
    rule: `has(self.image) || !(${FOR_JOBS.map((name) => `has(self.${name})`).join(' || ')})`,
    message: `${FOR_JOBS.join(', ')} need an image`,
    holds: (step) => step.image !== undefined || FOR_JOBS.every((name) => step[name] === undefined),
  },
])
export type RunStep = z.infer<typeof RunStep>

/** By which Jobs of run steps, and their pods, are found; its value is the Job's name. */
export const RUN_LABEL = 'inquest.dev/run'

export const DEFAULT_RUN_USER = 65_532
export const DEFAULT_RUN_TIMEOUT = '5m'
