import { describe, expect, it } from 'vitest'
import { cause, deployment, podSpec, waiting } from '../../fixtures.ts'

const refused = (message: string): any => waiting('CreateContainerError', message)
const POD = 'Deployment shop/web: spec.template.spec'
const APP = `${POD}.containers[name=app]`

describe('what the runtime refuses, and the field that it speaks of', () => {
  const cases: [string, any, any, string, string][] = [
    [
      'a seccomp profile of the pod',
      {},
      { securityContext: { runAsUser: 10, seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/web.json' } } },
      'cannot load seccomp profile "/var/lib/kubelet/seccomp/profiles/web.json": open /var/lib/kubelet/seccomp/profiles/web.json: no such file or directory',
      `${POD}.securityContext.seccompProfile.localhostProfile`,
    ],
    [
      'an AppArmor profile of the container',
      { securityContext: { appArmorProfile: { type: 'Localhost', localhostProfile: 'k8s-web-deny' } } },
      {},
      'failed to create containerd task: failed to apply apparmor profile: apparmor profile not found k8s-web-deny',
      `${APP}.securityContext.appArmorProfile.localhostProfile`,
    ],
    [
      'a user by a name',
      { securityContext: { runAsUser: 4711 } },
      {},
      'unable to find user 4711: no matching entries in passwd file',
      `${APP}.securityContext.runAsUser`,
    ],
    [
      'a capability that is misspelt',
      { securityContext: { capabilities: { add: ['NET_ADMN'] } } },
      {},
      'failed to generate spec: unknown capability "CAP_NET_ADMN"',
      `${APP}.securityContext.capabilities`,
    ],
    [
      'a device of the host',
      { volumeMounts: [{ name: 'kvm', mountPath: '/dev/kvm' }] },
      { volumes: [{ name: 'kvm', hostPath: { path: '/dev/kvm' } }] },
      'error gathering device information while adding custom device "/dev/kvm": no such file or directory',
      `${APP}.volumeMounts[mountPath=/dev/kvm].mountPath`,
    ],
    [
      'words that nobody knows, which quote a value',
      { volumeMounts: [{ name: 'd', mountPath: '/srv/data' }] },
      { volumes: [{ name: 'd', hostPath: { path: '/mnt/array7' } }] },
      'shim says: "/mnt/array7" is on fire',
      `${POD}.volumes[name=d].hostPath.path`,
    ],
  ]
  it.each(cases)('%s', async (_, app, pod, message, expected) => {
    expect(await cause([deployment('web', podSpec(app, pod), [refused(message)])], 'Deployment shop/web')).toBe(expected)
  })
})
