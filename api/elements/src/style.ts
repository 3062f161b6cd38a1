/*
 * The look of the elements: one scale of type, one of space, one palette, in light and dark. A page
 * changes it by the custom properties that begin with --upward-.
 */
import { css } from "lit";

export const base = css`
  :host {
    --accent: var(--upward-accent, light-dark(#2a3eb1, #aeb9ff));
    --on-accent: var(--upward-on-accent, light-dark(#ffffff, #0f1640));
    --accent-soft: var(--upward-accent-soft, light-dark(#eceffd, #232c57));
    --surface: var(--upward-surface, light-dark(#ffffff, #171e28));
    --sunken: var(--upward-sunken, light-dark(#f4f6f9, #1e2632));
    --ink: var(--upward-ink, light-dark(#131c2b, #e9edf3));
    --muted: var(--upward-muted, light-dark(#536072, #a6b2c1));
    --line: var(--upward-line, light-dark(#dfe4ea, #2d3745));
    --field: var(--upward-field, light-dark(#7a8798, #7f8da0));
    --good: var(--upward-good, light-dark(#136141, #7fd6ab));
    --good-soft: light-dark(#e5f5ec, #17342a);
    --warn: var(--upward-warn, light-dark(#7d4700, #f2bd6b));
    --warn-soft: light-dark(#fdf1de, #3a2c14);
    --bad: var(--upward-bad, light-dark(#a4231c, #ffaaa3));
    --bad-soft: light-dark(#fdebea, #40201f);
    --radius: var(--upward-radius, 0.75rem);
    --xs: 0.8125rem;
    --s: 0.9375rem;
    --m: 1rem;
    --l: 1.1875rem;
    --xl: 1.5rem;
    --1: 0.25rem;
    --2: 0.5rem;
    --3: 0.75rem;
    --4: 1rem;
    --5: 1.5rem;
    --6: 2rem;
    display: block;
    container-type: inline-size;
    color: var(--ink);
    font: 400 var(--m) / 1.5 var(--upward-font, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
    text-align: start;
  }
  :host([hidden]) { display: none; }
  *, *::before, *::after { box-sizing: border-box; }
  h2, h3, h4, p, ul, ol, dl, dd, figure, fieldset { margin: 0; padding: 0; border: 0; min-width: 0; }
  ul, ol { list-style: none; }
  h2 { font-size: var(--xl); line-height: 1.2; font-weight: 680; letter-spacing: -0.015em; text-wrap: balance; }
  h3 { font-size: var(--l); line-height: 1.3; font-weight: 650; letter-spacing: -0.005em; }
  h4 { font-size: var(--xs); line-height: 1.4; font-weight: 600; color: var(--muted); }
  a { color: var(--accent); text-underline-offset: 0.2em; }
  section { display: grid; gap: var(--4); }
  .fine { font-size: var(--xs); color: var(--muted); }
  .muted { color: var(--muted); }
  .lead { color: var(--muted); max-width: 62ch; text-wrap: pretty; }
  .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .row { display: flex; flex-wrap: wrap; gap: var(--2) var(--3); align-items: center; }
  .between { justify-content: space-between; }
  .stack { display: grid; gap: var(--3); align-content: start; }
  .panel { display: grid; gap: var(--4); align-content: start; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); padding: clamp(1rem, 4cqi, 1.5rem); }

  .button { appearance: none; display: inline-flex; align-items: center; justify-content: center; gap: var(--2); min-height: 2.75rem; padding: var(--2) var(--4); border: 1px solid var(--field); border-radius: calc(var(--radius) * 0.7); background: var(--surface); color: var(--ink); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; transition: background 120ms, border-color 120ms; }
  .button:hover { background: var(--sunken); }
  .button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
  .button.primary:hover { background: color-mix(in oklab, var(--accent), var(--ink) 18%); }
  .button.quiet { background: none; border-color: transparent; color: var(--accent); padding-inline: var(--2); }
  .button.quiet:hover { background: var(--accent-soft); }
  .button.wide { width: 100%; }
  .button[aria-disabled="true"], .button:disabled { opacity: 0.6; cursor: progress; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
  [tabindex="-1"]:focus { outline: none; }
  [tabindex="-1"] { scroll-margin-block: 5rem; }

  .chip { display: inline-flex; align-items: center; padding: 0.1rem 0.6rem; border-radius: 99px; background: var(--sunken); border: 1px solid var(--line); font-size: var(--xs); line-height: 1.5; }
  .chip.strong { background: var(--accent-soft); border-color: transparent; color: var(--accent); font-weight: 600; }
  .chip.good { background: var(--good-soft); border-color: transparent; color: var(--good); font-weight: 600; }
  .chip.warn { background: var(--warn-soft); border-color: transparent; color: var(--warn); font-weight: 600; }
  .chip.bad { background: var(--bad-soft); border-color: transparent; color: var(--bad); font-weight: 600; }
  .chips { display: flex; flex-wrap: wrap; gap: var(--1) var(--2); }

  .avatar { flex: none; display: grid; place-items: center; width: 3rem; height: 3rem; border-radius: 50%; font-weight: 650; font-size: var(--s); letter-spacing: 0.02em; background: var(--accent-soft); color: var(--accent); }
  .avatar.t1 { background: light-dark(#e0f2ef, #173a36); color: light-dark(#0b5a50, #86d9cb); }
  .avatar.t2 { background: light-dark(#fbe9e1, #43281c); color: light-dark(#8a3b12, #f5b697); }
  .avatar.t3 { background: light-dark(#f3e6f7, #3a2343); color: light-dark(#72298a, #e0adf2); }
  .avatar.t4 { background: light-dark(#e3effb, #17324c); color: light-dark(#135590, #9ccbf7); }
  .avatar.large { width: 4rem; height: 4rem; font-size: var(--l); }
  .avatar.small { width: 2rem; height: 2rem; font-size: var(--xs); }

  .note { display: block; padding: var(--3) var(--4); border-radius: calc(var(--radius) * 0.7); border-inline-start: 4px solid currentColor; }
  .note ul { list-style: disc; padding-inline-start: 1.2em; margin-top: var(--1); }
  .note.good { background: var(--good-soft); color: var(--good); }
  .note.warn { background: var(--warn-soft); color: var(--warn); }
  .note.bad { background: var(--bad-soft); color: var(--bad); }
  .said:empty, .said:not(:has(.note)) { position: absolute; }

  .blank { display: grid; justify-items: center; gap: var(--2); padding: var(--6) var(--4); text-align: center; color: var(--muted); background: var(--surface); border: 1px dashed var(--line); border-radius: var(--radius); }
  .blank h2 { color: var(--ink); font-size: var(--l); }
  .blank p { max-width: 48ch; text-wrap: balance; }
  .skeleton { display: grid; gap: var(--3); }
  .skeleton i { height: 5rem; border-radius: var(--radius); background: linear-gradient(100deg, var(--sunken) 40%, var(--line) 50%, var(--sunken) 60%) 0 / 300% 100%; animation: glow 1.6s linear infinite; }
  @keyframes glow { from { background-position: 100% 0; } to { background-position: 0 0; } }

  label, legend { font-weight: 600; font-size: var(--s); padding: 0; }
  .field { display: grid; gap: var(--1); align-content: start; }
  .hint { font-weight: 400; font-size: var(--xs); color: var(--muted); }
  input, select, textarea { font: inherit; font-weight: 400; color: inherit; background: var(--surface); border: 1px solid var(--field); border-radius: calc(var(--radius) * 0.6); padding: var(--2) var(--3); min-height: 2.75rem; width: 100%; }
  textarea { min-height: 5.5rem; resize: vertical; }
  input[type="checkbox"], input[type="radio"] { width: 1.25rem; height: 1.25rem; min-height: 0; margin: 0; flex: none; accent-color: var(--accent); }
  .pick { display: flex; gap: var(--3); align-items: center; padding: var(--2) var(--3); min-height: 2.75rem; border: 1px solid var(--line); border-radius: calc(var(--radius) * 0.6); font-weight: 400; cursor: pointer; }
  .pick:has(:checked) { border-color: var(--accent); background: var(--accent-soft); }
  .fields { display: grid; gap: var(--4); grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr)); }
  form { display: grid; gap: var(--4); }
  svg { display: block; }

  @media (prefers-reduced-motion: reduce) { *, *::before { animation: none !important; transition: none !important; } }
  @media (forced-colors: active) { .button, .chip, .panel { border: 1px solid; } }
`;
