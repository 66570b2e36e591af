// The bar beside the scroll bar: where in all the rows errors, warnings, hits and bookmarks are. Each kind has a
// lane of its own, so that colour is not all that tells them apart.

/** From the left; `fill` is the name of a colour of style.ts. */
const LANES = [['errors', '--failed-fill'], ['warnings', '--unauthorized-fill'], ['hits', '--link'], ['bookmarks', '--ink']] as const;
export type MarkedRows = Record<(typeof LANES)[number][0], readonly number[]>;
export const MARKS_WIDTH = 14;
const LEAST_MARK = 3;

export function drawMarks(canvas: HTMLCanvasElement, marked: MarkedRows, rowCount: number): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext('2d');
  if (!context || height === 0) return;
  const ratio = devicePixelRatio;
  [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
  context.scale(ratio, ratio);
  const tall = Math.max(LEAST_MARK, height / Math.max(1, rowCount));
  for (const [lane, [kind, fill]] of LANES.entries()) {
    canvas.style.color = `var(${fill})`;
    context.fillStyle = getComputedStyle(canvas).color;
    let below = -1;
    for (const row of marked[kind]) {
      const y = Math.min(height - tall, (row / Math.max(1, rowCount)) * height);
      // Marks that lie on one another are drawn once.
      if (y < below) continue;
      context.fillRect(1 + (lane * (width - 2)) / LANES.length, y, (width - 2) / LANES.length - 1, tall);
      below = y + 1;
    }
  }
}

/** The next marked row after one, or the one before it; round the end to the other. */
export function nextMark(rows: readonly number[], row: number, isBack: boolean): number | null {
  if (rows.length === 0) return null;
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] as number) < row + (isBack ? 0 : 1)) low = middle + 1;
    else high = middle;
  }
  return (isBack ? rows[(low - 1 + rows.length) % rows.length] : rows[low % rows.length]) ?? null;
}
