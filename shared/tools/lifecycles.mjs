// Draws the life cycles for the documentation: one page with a diagram and a table for each noun.
//
//	node lifecycles.mjs LIFECYCLES.json MODULES > lifecycles.html
//
// LIFECYCLES.json is made by contract.py, MODULES is the folder with @viz-js/viz (Graphviz).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [file, modules] = process.argv.slice(2);
const { instance } = createRequire(join(resolve(modules), 'here'))('@viz-js/viz');
const viz = await instance();
const lives = JSON.parse(readFileSync(file, 'utf8'));
const words = (text) => text.replaceAll('_', ' ');
const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** The diagram of one noun: an edge for each pair of states, with the steps between them. */
function diagram(life) {
  const between = new Map();
  const add = (from, to, step) => {
    const key = `${from}\n${to}`;
    between.set(key, [...(between.get(key) ?? []), words(step)]);
  };
  for (const [step, to] of Object.entries(life.start)) add('', to, step);
  for (const [name, step] of Object.entries(life.steps))
    for (const from of step.from) for (const to of step.to) add(from, to, name);
  const ends = (state) => !Object.values(life.steps).some((step) => step.from.includes(state) && step.to.some((to) => to !== state));
  return viz.renderString({
    graphAttributes: { rankdir: 'TB', bgcolor: 'transparent', nodesep: 0.4, ranksep: 0.55, fontname: 'Helvetica' },
    nodeAttributes: { shape: 'box', style: 'rounded', fontname: 'Helvetica', fontsize: 11 },
    edgeAttributes: { fontname: 'Helvetica', fontsize: 9, arrowsize: 0.7 },
    nodes: [{ name: 'start', attributes: { shape: 'point', width: 0.12 } },
      ...Object.keys(life.states).map((state) => ({
        name: state, attributes: { label: words(state), peripheries: ends(state) ? 2 : 1 } }))],
    edges: [...between].map(([key, steps]) => {
      const [from, to] = key.split('\n');
      return { tail: from || 'start', head: to, attributes: { label: steps.join('\\n') } };
    }),
  }, { format: 'svg' }).replace(/^[\s\S]*?<svg/, '<svg').replaceAll('black', 'currentColor')
    .replaceAll(/<title>.*?<\/title>/g, '');
}

/** Diagram, states and steps of one noun. */
function section(noun, life) {
  const states = Object.entries(life.states).map(([state, text]) =>
    `<tr><td><code>${state}</code></td><td>${escape(text)}</td></tr>`);
  const steps = Object.entries(life.steps).map(([name, step]) =>
    `<tr><td><code>${name}</code></td><td>${step.from.map(words).join(', ')}</td><td>${step.to.map(words).join(' or ')}</td>`
    + `<td>${step.by.map(words).join(', ')}</td></tr>`);
  return `<section id="${noun}"><h2>${escape(words(noun))}</h2>\n<figure role="img" aria-label="The states of a ${escape(words(noun))}">`
    + `${diagram(life)}</figure>\n<table><tr><th>State</th><th>Means</th></tr>${states.join('\n')}</table>\n`
    + `<table><tr><th>Step</th><th>From</th><th>To</th><th>By</th></tr>${steps.join('\n')}</table></section>`;
}

process.stdout.write(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Upward: life cycles</title>
<link rel="icon" type="image/png" href="favicon-32x32.png">
<link rel="stylesheet" href="page.css">
</head>
<body>
<nav>
<strong>Upward</strong>
<a href="index.html">The API</a>
${Object.keys(lives).map((noun) => `<a href="#${noun}">${escape(words(noun))}</a>`).join('\n')}
</nav>
<main class="lives">
<h1>Life cycles</h1>
<p>An object with a <code>status</code> changes it by steps alone. A step that does not lead on from the present state is
answered 409 with <code>current_status</code>; <code>can</code> lists the steps that are open to the caller now. Besides
callers, time (clock), the HR system (hr) and the life of another object take steps. From a state with a double frame nothing
leads on.</p>
${Object.entries(lives).map(([noun, life]) => section(noun, life)).join('\n')}
</main>
</body>
</html>
`);
