// `<kqlens-app>` and the elements it is made of. Importing this file defines them; nothing else
// happens until one is put into a page.
import { type PartialTexts, texts, type Texts, translate } from './texts';
import { KqlensApp } from './view/app';
import { Copy } from './view/copy';
import { define } from './view/define';
import { FindingCard } from './view/finding';
import { Grid } from './view/grid';
import { Menu } from './view/grid/menu';
import { KqlText } from './view/kql';
import { Metrics } from './view/metrics';
import { Reading } from './view/reading';
import { Rows } from './view/rows';
import { Sources } from './view/sources';
import { Start } from './view/start';
import { Timeline } from './view/timeline';
import { Top } from './view/top';
import { Verdict } from './view/verdict';

define({
  'kqlens-copy': Copy,
  'kqlens-kql': KqlText,
  'kqlens-menu': Menu,
  'kqlens-grid': Grid,
  'kqlens-finding': FindingCard,
  'kqlens-metrics': Metrics,
  'kqlens-reading': Reading,
  'kqlens-rows': Rows,
  'kqlens-sources': Sources,
  'kqlens-start': Start,
  'kqlens-timeline': Timeline,
  'kqlens-top': Top,
  'kqlens-verdict': Verdict,
  'kqlens-app': KqlensApp,
});

export { KqlensApp, type PartialTexts, texts, type Texts, translate };
