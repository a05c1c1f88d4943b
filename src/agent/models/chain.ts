import { errorText, InputError, inputErrorText } from '#kit/errors'
import { parseDuration } from '#kit/duration'
import { modelChain, type Model as Manifest, type OneModel, type Provider } from '#kinds/model'
import type { SecretKeyRef } from '#kinds/meta'
import { createModel, unusableModel } from './create.ts'
import type { Fetch, Model } from './model.ts'
import type { ModelSpec } from './spec.ts'

/** Where keys come from. */
export interface Keys {
  /** Reads a key of a Secret in the Workflow's namespace; throws an InputError that says what is missing. */
  secret(ref: SecretKeyRef): Promise<string>
  /** The process's own key for a provider. It goes to the vendor's own address and nowhere else. */
  own(provider: Provider): string | undefined
}

/**
 * The chain that a Workflow's `model` describes. A model that cannot be made (its Secret is gone, its script does not
 * parse) keeps its place with its fault, so that a recorded answer's place means the same model after a restart.
 */
export async function chainOf(model: Manifest, keys: Keys, fetch: Fetch): Promise<Model[]> {
  return Promise.all(
    modelChain(model).map(async (one, i) => {
      const field = i === 0 ? 'model' : `model.fallbacks[${i - 1}]`
      try {
        return createModel(await specOf(one, keys), { fetch, field })
      } catch (error) {
        const fault = error instanceof InputError ? inputErrorText(error) : errorText(error)
        return unusableModel(bareSpec(one), fault)
      }
    }),
  )
}

/** A model of a manifest with its key. */
export async function specOf(model: OneModel, keys: Keys): Promise<ModelSpec> {
  const { provider, baseURL, apiKeySecretRef } = model
  const own = baseURL === undefined && (provider === 'anthropic' || provider === 'openai') ? keys.own(provider) : undefined
  const apiKey = apiKeySecretRef ? (await keys.secret(apiKeySecretRef)).trim() : own
  return { ...bareSpec(model), ...(apiKey ? { apiKey } : {}) }
}

/** A model of a manifest without its key. */
export function bareSpec(model: OneModel): ModelSpec {
  const { apiKeySecretRef: _, timeout, price, ...same } = model
  return {
    ...same,
    ...(timeout === undefined ? {} : { timeoutMs: parseDuration(timeout) }),
    ...(price === undefined ? {} : { price: Object.fromEntries(Object.entries(price).map(([key, value]) => [key, Number(value)])) }),
  } as ModelSpec
}
