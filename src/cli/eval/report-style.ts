/** The report's style: no file beside it, no font from elsewhere; light or dark as the reader's machine is. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #d9dee5; --paper: #fff; --tile: #f4f6f8;
  --right: #1f7a5c; --three: #c98a12; --wrong: #b3352b; --false: #8a2f8f; --none: #9aa4b1; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #9aa6b5; --line: #323b47; --paper: #14181e; --tile: #1d232b;
  --right: #4cc09a; --three: #e3b04b; --wrong: #ec7267; --false: #d98ae0; --none: #6d7886; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 72rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2.5rem 0 .75rem; } p { margin: .25rem 0; } .soft { color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem; margin: 1.5rem 0 1rem; }
.tile { background: var(--tile); border-radius: .5rem; padding: .9rem 1rem; }
.tile b { display: block; font-size: 1.7rem; line-height: 1.2; font-variant-numeric: tabular-nums; } .tile span { color: var(--soft); font-size: .85rem; }
.sides { display: grid; gap: 0 2.5rem; align-items: start; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 52rem) { .sides:not(.stacked) { grid-template-columns: minmax(0, 3fr) minmax(16rem, 2fr); } }
table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 600; color: var(--soft); font-size: .8rem; white-space: nowrap; } th.number { text-align: right; }
th, td { padding: .3rem 1rem .3rem 0; } th:last-child, td:last-child { padding-right: 0; } td.family { white-space: nowrap; } td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } td.wide { width: 40%; }
.bar { display: flex; height: .8rem; border-radius: .2rem; overflow: hidden; background: var(--line); }
.bar i { display: block; } .right { --tone: var(--right); } .in-three { --tone: var(--three); } .wrong { --tone: var(--wrong); } .false-cause { --tone: var(--false); } .unjudged { --tone: var(--none); }
.bar i { background: var(--tone); }
.key span { margin-right: 1rem; color: var(--soft); font-size: .85rem; } .key i { display: inline-block; width: .7rem; height: .7rem; border-radius: .15rem; background: var(--tone); margin-right: .35rem; }
svg { width: 100%; max-width: 24rem; } .grid { stroke: var(--line); } .ideal { stroke: var(--soft); stroke-dasharray: 4 4; }
.dot { fill: var(--right); fill-opacity: .75; } .count { fill: var(--paper); font-size: 10px; font-weight: 600; } .tick, .axis { fill: var(--soft); font-size: 11px; }
details { border-top: 1px solid var(--line); } details:last-of-type { border-bottom: 1px solid var(--line); }
summary { display: grid; grid-template-columns: 7.5rem minmax(9rem, 1fr) minmax(0, 2.4fr) 4rem; gap: .75rem; padding: .55rem .25rem; cursor: pointer; align-items: baseline; }
summary:hover, summary:focus-visible { background: var(--tile); } summary::-webkit-details-marker { display: none; } summary { list-style: none; }
.verdict { color: var(--tone); font-weight: 600; } .verdict::before { content: '● '; } .name { font-weight: 600; overflow-wrap: anywhere; }
.said { overflow-wrap: anywhere; } summary small { color: var(--soft); font-size: .85em; display: block; } .time { text-align: right; color: var(--soft); font-variant-numeric: tabular-nums; }
pre { background: var(--tile); border-radius: .5rem; padding: 1rem; margin: .25rem 0 1rem; overflow-x: auto; font: 13px/1.45 ui-monospace, 'Cascadia Mono', Menlo, monospace; white-space: pre-wrap; }
@media (max-width: 44rem) {
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } .tile b { font-size: 1.4rem; }
  thead, td.extra { display: none; } tbody tr { display: grid; grid-template-columns: 1fr auto; padding: .35rem 0; } tbody td { padding: 0; }
  td.wide { order: 2; grid-column: 1 / -1; width: auto; }
  summary { grid-template-columns: 1fr auto; gap: .1rem .75rem; } .name, .said { grid-column: 1 / -1; order: 2; }
}
`
