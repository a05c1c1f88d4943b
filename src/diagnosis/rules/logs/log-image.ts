import { refOf } from '#cluster'
import { logRule, placeOf } from './log-rule.ts'

/** A device that the node gives only to those who ask for it. */
const NO_DEVICE =
  /No CUDA GPUs are available|no CUDA-capable device|Failed to initialize NVML|libcuda\.so\.1|libnvidia-ml\.so|could not select device driver|CUDA_ERROR_NO_DEVICE|Torch not compiled with CUDA enabled/

export const imageUnfit = logRule(
  'image-unfit',
  {
    title: 'The image does not have what its program needs',
    means:
      'A library, a module, a driver or a runtime of the right version is not in the image, or the image is built for another processor or system.',
    mend: 'Use an image that holds together: the version before, or one that is built anew for what it runs on.',
  },
  ({ hit, group, field, settings, settingWith }) => {
    const says = (hit.groups['message'] ?? hit.line).trim().slice(0, 200)
    const object = refOf(group.workload)
    const limits = group.views[0]!.spec.resources?.limits ?? {}
    if (NO_DEVICE.test(hit.line) && !Object.keys(limits).some((name) => name.includes('/')))
      return { says: `${says}: it asks for no device`, cause: { object, field: field('resources.limits') }, directness: 0.8, tokens: [] }
    // `gunicorn shop.wsgii`: what is not there was asked for.
    const path = /["'`](\/[^"'`]+)["'`]/.exec(hit.line)?.[1]
    const asked = settingWith(hit.groups['token']) ?? settingWith(path)
    const isAsked = asked !== undefined && asked.origin !== 'file'
    const own = isAsked
      ? asked
      : settings.find((s) => s.origin === 'argument' && hit.groups['token'] && s.value.includes(`${hit.groups['token']}:`))
    if (own) return { says, cause: placeOf(own), directness: 0.8 }
    return { says, cause: { object, field: field('image') }, directness: 0.85, tokens: [] }
  },
)
