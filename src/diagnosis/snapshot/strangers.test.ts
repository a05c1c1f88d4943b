import { expect, it } from 'vitest'
import { isStrangers } from './strangers.ts'

it.each([
  [
    true,
    '2026/06/30 03:00:01 [error] 29#29: *1 open() "/usr/share/nginx/html/.env" failed (2: No such file or directory), request: "GET /.env HTTP/1.1"',
  ],
  [true, '10.0.0.1 - - [30/Jun/2026:03:00:01 +0000] "POST /wp-login.php HTTP/1.1" 404 153 "-" "Mozilla/5.0"'],
  [true, '10.0.0.1 - - "GET / HTTP/1.1" 400 0 "-" "Mozilla/5.0 zgrab/0.x"'],
  [true, '{"level":"warn","method":"GET","path":"/actuator/gateway/routes","status":404}'],
  [false, '10.0.0.1 - - "GET /actuator/health HTTP/1.1" 503 0 "-" "kube-probe/1.36"'],
  [false, '10.0.0.1 - - "GET /app.123.js HTTP/1.1" 404 153 "-" "Mozilla/5.0"'],
  [false, 'open /etc/passwd: permission denied'],
])('%s: %s', (expected, line) => {
  expect(isStrangers(line)).toBe(expected)
})
