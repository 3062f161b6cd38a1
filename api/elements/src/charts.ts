/*
 * Draws the charts of reports with Vega-Lite: a module of its own, since it is several times as large as
 * everything else and few pages need it. Expressions are interpreted, so that no page has to allow eval.
 */
import { compile, type TopLevelSpec } from "vega-lite";
import { Error as Faults, View, logger, parse } from "vega";
import { expressionInterpreter } from "vega-interpreter";

export type Value = string | number | boolean | null;
export type Cells = Record<string, Value>;

/** A chart as the reports bring it: for each value of a label a bar for each measure. */
export interface Chart {
  data: { values: Cells[] };
  transform: { fold: string[] }[];
  encoding: { x: { field: string } & object; y: object; color: object };
  [more: string]: unknown;
}

/** What a page adds to a chart: its width, its font, and its words. */
export interface Look {
  width: number;
  font: string;
  /** The word of each code: of a measure, of a label. */
  words: Record<string, string>;
  /** The name of the axis of numbers. */
  unit: string;
  format: string;
}

const INK = "var(--ink)", MUTED = "var(--muted)", LINE = "var(--line)";
const COLOURS = ["var(--plot-1)", "var(--plot-2)", "var(--plot-3)", "var(--plot-4)"];
const BAR = 15, GAP = 13, SMALL = 13;

/** The word of a datum in an expression: the catalogue as an object, the code as the way into it. */
const said = (words: Record<string, string>) => `${JSON.stringify(words)}[datum.value] || datum.value`;

/**
 * The specification with the page's look: bars lie, since departments have long names and phones are
 * narrow, and colours are the page's own properties, so that they follow light, dark and paper.
 */
function dressed(chart: Chart, look: Look): TopLevelSpec {
  const { x: label, y: value, color } = chart.encoding;
  const measures = chart.transform[0]?.fold ?? [];
  const labels = { labelExpr: said(look.words), labelLimit: Math.max(90, look.width * 0.36), title: null, ticks: false, domain: false, labelPadding: 8 };
  const numbers = { title: look.unit, format: look.format, tickCount: Math.max(2, Math.round(look.width / 110)), domain: false, ticks: false };
  return {
    ...chart,
    title: undefined,
    width: look.width,
    height: { step: measures.length * BAR + GAP, for: "position" },
    autosize: { type: "fit-x", contains: "padding" },
    padding: 0,
    background: "transparent",
    mark: { type: "bar", cornerRadiusEnd: 3, height: { band: measures.length > 1 ? 0.9 : 1 } },
    encoding: {
      y: { ...label, axis: labels, scale: { paddingInner: GAP / (measures.length * BAR + GAP), paddingOuter: 0.1 } },
      x: { ...value, axis: numbers },
      yOffset: { field: "measure", type: "nominal", sort: measures },
      color: {
        ...color, sort: measures, scale: { domain: measures, range: COLOURS.slice(0, measures.length) },
        legend: measures.length > 1 ? { orient: "top", direction: "horizontal", columns: look.width < 420 ? 1 : 4, title: null, labelExpr: said(look.words), symbolType: "square" } : null,
      },
    },
    config: {
      aria: false, font: look.font, view: { stroke: null },
      axis: { labelColor: INK, titleColor: MUTED, gridColor: LINE, labelFontSize: SMALL, titleFontSize: SMALL, titleFontWeight: 400 },
      legend: { labelColor: INK, labelFontSize: SMALL, labelLimit: look.width, symbolSize: 120 },
    },
  } as unknown as TopLevelSpec;
}

/** Draws a chart into a place of the page; what is returned takes it away again. */
export async function draw(chart: Chart, look: Look, place: HTMLElement): Promise<() => void> {
  const { spec } = compile(dressed(chart, look), { logger: logger(Faults) });
  const view = new View(parse(spec, undefined, { ast: true }), {
    expr: expressionInterpreter, renderer: "svg", container: place, hover: false,
  } as object);
  await view.runAsync();
  return () => view.finalize();
}
