// What an alert rule adds to a chart: when it was raised as bands, and the threshold as a line to drag.
import type uPlot from 'uplot';

export interface ThresholdOptions {
  threshold: () => number;
  /** From and to, in seconds since 1970. */
  bands: () => readonly (readonly [number, number])[];
  colour: string;
  /** The line was dragged to a value; `isDone` when it was let go. */
  moved: (value: number, isDone: boolean) => void;
}

/** How near to the line a pointer takes it. */
const NEAR_PX = 10;

export function thresholdLine({ threshold, bands, colour, moved }: ThresholdOptions): uPlot.Plugin {
  const shade = (plot: uPlot): void => {
    const { ctx, bbox } = plot;
    ctx.save();
    // A colour that is forced upon the page has no strength of its own.
    ctx.globalAlpha = 0.22;
    ctx.fillStyle = colour;
    for (const [from, to] of bands()) {
      const [start, end] = [from, to].map((at) => Math.min(Math.max(plot.valToPos(at, 'x', true), bbox.left), bbox.left + bbox.width)) as [number, number];
      // One evaluation is seen too.
      ctx.fillRect(start, bbox.top, Math.max(end - start, 3 * devicePixelRatio), bbox.height);
    }
    ctx.restore();
  };
  const line = (plot: uPlot): void => {
    const { ctx, bbox } = plot;
    const y = plot.valToPos(threshold(), 'y', true);
    if (y < bbox.top - 1 || y > bbox.top + bbox.height + 1) return;
    ctx.save();
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.arc(bbox.left + bbox.width - 8 * devicePixelRatio, y, 6 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.restore();
  };
  const listen = (plot: uPlot): void => {
    const { over } = plot;
    const at = (event: PointerEvent): number => event.clientY - over.getBoundingClientRect().top;
    const isNear = (event: PointerEvent): boolean => Math.abs(at(event) - plot.valToPos(threshold(), 'y')) <= NEAR_PX;
    const valueAt = (event: PointerEvent): number => plot.posToVal(Math.min(Math.max(at(event), 0), over.clientHeight), 'y');
    let isDragged = false;
    over.style.touchAction = 'pan-y';
    over.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || !isNear(event)) return;
      isDragged = true;
      over.setPointerCapture(event.pointerId);
      // The chart would take it as the beginning of a range.
      event.preventDefault();
    });
    over.addEventListener('touchstart', (event) => { if (isDragged) event.preventDefault(); }, { passive: false });
    over.addEventListener('pointermove', (event) => {
      over.style.cursor = isDragged || isNear(event) ? 'ns-resize' : '';
      if (isDragged) moved(valueAt(event), false);
    });
    for (const end of ['pointerup', 'pointercancel'] as const) {
      over.addEventListener(end, (event) => {
        if (!isDragged) return;
        isDragged = false;
        moved(valueAt(event), true);
      });
    }
  };
  return {
    // The line is within the chart, wherever the numbers are.
    opts: (_plot, options) => {
      const y = options.scales?.['y'];
      const range = y?.range;
      if (y && typeof range === 'function') y.range = (plot, min, max, key) => range(plot, Math.min(min ?? threshold(), threshold()), Math.max(max ?? threshold(), threshold()), key);
    },
    hooks: { ready: [listen], drawClear: [shade], draw: [line] },
  };
}
