import { envOf } from '../../control-plane/kubelet/behaviours.ts'
import { setEnv } from '../../control-plane/patches.ts'
import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const WRONG = 'Server=mssql,1433;Database=Stock;UserId Id=stock;TrustServerCertificate=true'

export const scenario: Scenario = {
  title: 'a connection string holds a keyword that the .NET driver does not know',
  now: '2026-08-13T12:48:00Z',
  steps: [
    { at: '-29d3h', apply: ['10-warehouse.yaml'] },
    {
      at: '-44m',
      manager: 'octopus-deploy',
      patch: [setEnv({ kind: 'Deployment', namespace: 'warehouse', name: 'stock' }, 'stock', 'ConnectionStrings__Stock', WRONG)],
    },
  ],
  behaviours: [
    {
      pods: { labels: { app: 'stock' }, where: (pod) => envOf(pod, 'ConnectionStrings__Stock') === WRONG },
      exits: { code: 134, after: 4 },
      listens: [],
      logs: [
        {
          after: 3,
          text: `Unhandled exception. System.ArgumentException: Keyword not supported: 'userid id'.
   at Microsoft.Data.Common.DbConnectionOptions.ParseInternal(Dictionary\`2 parsetable, String connectionString, Boolean buildChain, Dictionary\`2 synonyms, Boolean firstKey)
   at Microsoft.Data.SqlClient.SqlConnectionString..ctor(String connectionString)
   at Stock.Api.Program.Main(String[] args) in /src/Stock.Api/Program.cs:line 44`,
        },
      ],
    },
    { pods: { labels: { app: 'mssql' } }, logs: [{ after: 9, text: '{date} spid25s     SQL Server is now ready for client connections. This is an informational message; no user action is required.' }] },
  ],
  alert: crashLooping('warehouse', 'stock-', 'stock', '-27m'),
}
