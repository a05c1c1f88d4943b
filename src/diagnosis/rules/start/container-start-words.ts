/** What the runtime says, and the field that it speaks of. */
export const WORDS: readonly { pattern: RegExp; field: string; say: (m: RegExpExecArray) => string }[] = [
  {
    pattern: /exec: "([^"]+)": (?:executable file not found|stat [^:]+: no such file or directory|no such file)/i,
    field: 'command',
    say: (m) => `its command "${m[1]}" is not in the image`,
  },
  {
    pattern: /exec: "([^"]+)": (?:permission denied|is a directory)/i,
    field: 'command',
    say: (m) => `its command "${m[1]}" cannot be executed`,
  },
  {
    pattern: /exec format error/i,
    field: 'image',
    say: () => 'the image is built for another processor architecture, or its entry point is no program',
  },
  { pattern: /no command specified/i, field: 'command', say: () => 'neither the image nor the container names a command' },
  {
    pattern: /chdir to cwd \("([^"]+)"\)|mkdir (\/\S+): not a directory|working directory "?([^"\s]+)/i,
    field: 'workingDir',
    say: (m) => `its working directory ${m[1] ?? m[2] ?? m[3]} cannot be used`,
  },
  {
    pattern: /container has runAsNonRoot and image (?:will run as root|has non-numeric user \(([^)]*)\))/i,
    field: 'securityContext.runAsNonRoot',
    say: (m) =>
      m[1]
        ? `runAsNonRoot is set, and the image names its user (${m[1]}) and gives no number`
        : 'runAsNonRoot is set, and the image runs as root',
  },
  {
    pattern: /(?:not a directory: unknown: )?Are you trying to mount a directory onto a file/i,
    field: 'volumeMounts',
    say: () => 'a directory is mounted onto a file, or a file onto a directory',
  },
  {
    pattern: /failed to create subPath directory|subPath.*(?:not found|no such file)|failed to prepare subPath/i,
    field: 'volumeMounts',
    say: () => 'the subPath of a mount does not exist in its volume',
  },
  { pattern: /rootfs.*mount.*"(\/[^"]+)"|error mounting "([^"]+)"/i, field: 'volumeMounts', say: (m) => `mounting ${m[1] ?? m[2]} fails` },
  {
    pattern: /memory.*(?:too low|minimum memory|limit.*too low)|container init was OOM-killed/i,
    field: 'resources.limits.memory',
    say: () => 'its memory limit is too small for it to begin',
  },
  {
    pattern: /seccomp profile/i,
    field: 'securityContext.seccompProfile',
    say: () => 'its seccomp profile cannot be loaded',
  },
  {
    pattern: /apparmor/i,
    field: 'securityContext.appArmorProfile',
    say: () => 'its AppArmor profile cannot be loaded',
  },
  {
    pattern: /unable to find (user|group) ([\w-]+)/i,
    field: 'securityContext.runAsUser',
    say: (m) => `the image has no ${m[1]} ${m[2]}`,
  },
  {
    pattern: /runAsUser breaks non-root policy/i,
    field: 'securityContext.runAsUser',
    say: () => 'its runAsUser is root, and runAsNonRoot forbids that',
  },
  {
    pattern: /(?:unknown|invalid) capability:? "?(\w+)/i,
    field: 'securityContext.capabilities',
    say: (m) => `the runtime does not know the capability ${m[1]}`,
  },
  {
    pattern: /error gathering device information|no such device|lstat \/dev\//i,
    field: 'volumeMounts',
    say: () => 'the node does not have a device that it wants',
  },
  {
    pattern: /failed to apply caps|operation not permitted/i,
    field: 'securityContext',
    say: () => 'its securityContext asks for what the node does not allow',
  },
]
