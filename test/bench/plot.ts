// Small multiples as SVG, in colours that can be read on a light and on a dark ground.

export interface Series {
  /** For the legend, where all that have the same name are one. */
  readonly name: string;
  readonly color: 0 | 1;
  readonly isDashed?: boolean;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Panel {
  readonly title: string;
  readonly xLabel: string;
  /** A logarithmic axis suits what spans several orders of magnitude; the other begins at 0. */
  readonly yScale: 'linear' | 'log';
  readonly series: readonly Series[];
}

const WIDTH = 300;
const HEIGHT = 240;
const MARGIN = { left: 52, right: 16, top: 34, bottom: 44 };
const LEGEND_HEIGHT = 24;
const LEGEND_WIDTH = 230;
const COLORS = ['#3b82d6', '#d9772b'] as const;
const INK = '#808890';

/** Panels side by side, above one legend. The x axis is logarithmic. */
export function plot(title: string, panels: readonly Panel[]): string {
  const width = WIDTH * panels.length;
  const height = HEIGHT + LEGEND_HEIGHT;
  const drawn = panels.map((panel, i) => `<g transform="translate(${WIDTH * i} 0)">${draw(panel)}</g>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="sans-serif" font-size="11" fill="${INK}">
<title>${title}</title>
${drawn.join('\n')}
<g transform="translate(${MARGIN.left} ${HEIGHT + 8})">${legend(panels)}</g>
</svg>
`;
}

function draw({ title, xLabel, yScale, series }: Panel): string {
  const points = series.flatMap((one) => one.points);
  const xs = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b);
  const ticks = ticksFor(
    points.map(([, y]) => y),
    yScale,
  );
  const x = logScale([xs[0] ?? 1, xs.at(-1) ?? 1], [MARGIN.left, WIDTH - MARGIN.right]);
  const span = [ticks[0] ?? 0, ticks.at(-1) ?? 1] as const;
  const y = (yScale === 'log' ? logScale : linearScale)(span, [HEIGHT - MARGIN.bottom, MARGIN.top]);
  const grid = ticks.map(
    (tick) =>
      `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(tick)}" y2="${y(tick)}" stroke="${INK}" stroke-opacity="0.3"/>` +
      `<text x="${MARGIN.left - 6}" y="${y(tick) + 4}" text-anchor="end">${label(tick)}</text>`,
  );
  const columns = xs.map(
    (value) =>
      `<text x="${x(value)}" y="${HEIGHT - MARGIN.bottom + 16}" text-anchor="middle">${label(value)}</text>`,
  );
  const lines = series.map(({ color, isDashed, points: own }) => {
    const at = own.map(([px, py]) => [x(px), y(Math.max(py, span[0]))] as const);
    const dashes = isDashed === true ? ' stroke-dasharray="4 3"' : '';
    const dots = at.map(([px, py]) => `<circle cx="${px}" cy="${py}" r="2.5" fill="${COLORS[color]}"/>`);
    const path = at.map((point) => point.join(',')).join(' ');
    return `<polyline points="${path}" fill="none" stroke="${COLORS[color]}" stroke-width="1.8"${dashes}/>${dots.join('')}`;
  });
  return [
    `<text x="${MARGIN.left}" y="18" font-size="13" font-weight="bold">${title}</text>`,
    ...grid,
    ...columns,
    ...lines,
    `<text x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${xLabel}</text>`,
  ].join('\n');
}

function legend(panels: readonly Panel[]): string {
  const colors = new Map(panels.flatMap(({ series }) => series).map(({ name, color }) => [name, color]));
  return [...colors]
    .map(([name, color], i) => {
      const at = LEGEND_WIDTH * i;
      return (
        `<line x1="${at}" x2="${at + 22}" y1="4" y2="4" stroke="${COLORS[color]}" stroke-width="2"/>` +
        `<text x="${at + 28}" y="8">${name}</text>`
      );
    })
    .join('');
}

type Span = readonly [from: number, to: number];

function linearScale([from, to]: Span, [start, end]: Span): (value: number) => number {
  return (value) => round(start + ((value - from) / (to - from)) * (end - start));
}

function logScale([from, to]: Span, range: Span): (value: number) => number {
  const scale = linearScale([Math.log(from), Math.log(to)], range);
  return (value) => scale(Math.log(value));
}

/** From below the least value, or 0, to above the greatest. */
function ticksFor(values: readonly number[], scale: Panel['yScale']): number[] {
  const greatest = Math.max(...values);
  if (scale === 'linear') {
    const magnitude = 10 ** Math.floor(Math.log10(greatest / 4));
    const step = magnitude * ([1, 2, 2.5, 5, 10].find((nice) => nice * magnitude >= greatest / 4) ?? 10);
    return Array.from({ length: Math.ceil(greatest / step) + 1 }, (_, i) => i * step);
  }
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(greatest)));
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
}

function label(value: number): string {
  return new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 }).format(value);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
