// The states that the page can be in, as one list: how it gets there, what it says there, what can be
// done there. Each of them is looked at by axe too.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { samples } from '../../www/src/samples.js';
import { drop, loadSample, openQuery, pages, patience, runQuery as run, seriousFindings, VERDICT, wordsOf } from './harness.mjs';

const [certificate, , dirty] = samples;
const { stand, onPage } = pages();
const GATEWAY = 'ApiManagementGatewayLogs';

/** From the next load on the last word of each answer of the engine waits while `isHeld`; progress comes through. */
async function holdAnswers(page) {
  await page.addInitScript(() => {
    const { Worker } = globalThis;
    const held = [];
    globalThis.isHeld = false;
    globalThis.release = () => {
      globalThis.isHeld = false;
      for (const give of held.splice(0)) give();
    };
    globalThis.Worker = class extends Worker {
      set onmessage(heard) {
        super.onmessage = (event) => (globalThis.isHeld && !event.data.progress ? held.push(() => heard(event)) : heard(event));
      }
    };
  });
  await page.reload();
}
const hold = (page) => page.evaluate(() => { globalThis.isHeld = true; });
const release = (page) => page.evaluate(() => globalThis.release());

const status = (page) => page.locator('kqlens-result .strip [role=status]');
const runsAgain = async (page) => {
  await run(page, 'print Again = 1');
  await page.locator('kqlens-result kqlens-grid [role=columnheader]', { hasText: 'Again' }).waitFor(patience);
};
const loadsAgain = async (page) => {
  await drop(page, certificate.files());
  await page.locator('kqlens-finding').first().waitFor(patience);
};
const asksForFiles = async (page) => {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser', patience), page.getByRole('button', { name: 'Choose files' }).click()]);
  assert.ok(chooser.isMultiple());
};

/** Another answer in the place of a file of the page. */
const replace = (page, files, change) => page.route(files, async (route) => {
  const response = await route.fetch();
  await route.fulfill({ response, body: change(await response.text()) });
});

/** `said` are selectors with what is to be read in them; `options` are those of the browser. */
const STATES = [
  {
    state: 'empty',
    bring: async () => {},
    said: [['kqlens-start', /Drop a log export.*Choose files.*Nothing leaves it/s]],
    usable: asksForFiles,
  },
  {
    state: 'empty again',
    bring: async (page) => {
      // From now on the chooser is the test's: Enter is quicker than asking for it.
      page.on('filechooser', () => {});
      await loadSample(page, certificate);
      await page.locator('#clear').click();
      await page.waitForFunction(() => {
        let focused = document.activeElement;
        while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
        return focused?.id === 'pick';
      }, null, patience);
    },
    said: [['kqlens-start', /Choose files/]],
    usable: async (page) => {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser', patience), page.keyboard.press('Enter')]);
      assert.ok(chooser.isMultiple(), 'the focus is on the next action');
    },
  },
  {
    state: 'loading the engine',
    options: { serviceWorkers: 'block' },
    bring: async (page) => {
      page.gate = Promise.withResolvers?.() ?? (() => { let resolve; return { promise: new Promise((done) => { resolve = done; }), resolve }; })();
      await page.route('**/*.wasm', async (route) => {
        await page.gate.promise;
        await route.continue();
      });
      await page.reload();
      await drop(page, certificate.files().slice(0, 1));
    },
    said: [['kqlens-app footer', /Loading the engine/], ['kqlens-reading', /Reading 1 file.*Cancel/s]],
    usable: async (page) => {
      page.gate.resolve();
      await page.waitForSelector(VERDICT, patience);
    },
  },
  {
    state: 'a browser without WebAssembly',
    options: { serviceWorkers: 'block' },
    bring: async (page) => {
      await replace(page, '**/engine.worker-*.js', (script) => `delete globalThis.WebAssembly;\n${script}`);
      await page.reload();
      await page.locator('.notice').waitFor(patience);
    },
    said: [['kqlens-app .notice', /The engine could not start: .*WebAssembly.*Reload the page, or open it in another browser/], ['kqlens-app footer', /The engine could not start/]],
    usable: (page) => page.getByRole('button', { name: 'Help' }).click(),
  },
  {
    state: 'reading',
    bring: async (page) => {
      await holdAnswers(page);
      await loadSample(page, certificate);
      await hold(page);
      await drop(page, dirty.files());
    },
    said: [['kqlens-reading', /Reading \d files?.* of .*[kM]B · [\d,]+ rows.*Cancel|Reading \d files?.*Cancel.* of .*[kM]?B · [\d,]+ rows/s]],
    usable: async (page) => {
      await page.locator('kqlens-reading #cancel').click();
      await release(page);
      await page.getByText('Reading was cancelled. What was loaded before is kept.').waitFor(patience);
      await page.waitForSelector(VERDICT, patience);
    },
  },
  {
    state: 'running',
    bring: async (page) => {
      await holdAnswers(page);
      await openQuery(page);
      await run(page, 'print Before = 1');
      await status(page).filter({ hasText: '1 row' }).waitFor(patience);
      await hold(page);
      await run(page, 'print After = 2');
      await page.locator('kqlens-result .old').waitFor(patience);
    },
    said: [['kqlens-result', /Running, \d\.\d s.*Cancel.*Before/s]],
    usable: async (page) => {
      await page.locator('kqlens-result #cancel').click();
      await release(page);
      await page.locator('kqlens-result .old').waitFor({ ...patience, state: 'detached' });
      await runsAgain(page);
    },
  },
  {
    state: 'result',
    bring: async (page) => {
      await openQuery(page);
      await run(page, `${GATEWAY}\n| take 3`);
      await page.locator('kqlens-result kqlens-grid [role=gridcell]:not(.waiting)').first().waitFor(patience);
    },
    said: [['kqlens-result .strip', /3 rows · \d+ columns · .* ms · of 4,800 rows read/]],
    usable: (page) => page.locator('kqlens-result').getByRole('button', { name: 'Statistics' }).click(),
  },
  {
    state: 'zero rows',
    bring: async (page) => {
      await openQuery(page);
      await run(page, `${GATEWAY}\n| where ResponseCode == 777`);
      await page.locator('kqlens-result .empty').waitFor(patience);
    },
    said: [['kqlens-result .empty', /No row matches.*where ResponseCode == 777 dropped 4,800 of 4,800 rows/s]],
    usable: async (page) => {
      await page.getByRole('button', { name: 'Take this filter out' }).click();
      assert.equal((await page.locator('kqlens-editor .cm-content').innerText()).trim(), GATEWAY);
    },
  },
  {
    state: 'truncated',
    bring: async (page) => {
      await openQuery(page);
      await run(page, 'range n from 1 to 60000 step 1');
      await page.locator('kqlens-result .note').waitFor(patience);
    },
    said: [['kqlens-result .note', /The first 50,000 of 60,000 rows\..*Load all, about \d+ MB/s]],
    usable: async (page) => {
      await page.getByRole('button', { name: /^Load all/ }).click();
      await status(page).filter({ hasText: '60,000 rows' }).waitFor(patience);
    },
  },
  {
    state: 'error in a query',
    bring: async (page) => {
      await openQuery(page);
      await run(page, 'print Kept = 1');
      await status(page).filter({ hasText: '1 row' }).waitFor(patience);
      await run(page, `${GATEWAY}\n| where responsecode == 1`);
      await page.locator('kqlens-problems li .fix').waitFor(patience);
    },
    said: [['kqlens-problems', /responsecode.*KQL\d+.*F8 next|1 error.*F8 next.*responsecode.*KQL\d+/s], ['kqlens-result', /KQL\d+.*Below is the answer of the run before.*Kept/s]],
    usable: async (page) => {
      await page.locator('kqlens-problems li .fix').first().click();
      assert.match(await page.locator('kqlens-editor .cm-content').innerText(), /ResponseCode == 1/);
    },
  },
  {
    state: 'data that cannot be read',
    bring: async (page) => {
      await loadSample(page, dirty);
      await page.locator('kqlens-sources summary').first().click();
    },
    said: [['kqlens-sources', /\d+ rejects?.*What could not be read.*Line.*Byte.*Reason.*Text/s]],
    usable: (page) => page.locator('kqlens-sources').getByRole('button', { name: /^Remove/ }).first().click(),
  },
  {
    state: 'KQL that only a service runs',
    bring: async (page) => {
      await openQuery(page);
      await run(page, 'externaldata(a: string) ["https://example.org/a.csv"]');
      await page.locator('kqlens-result .empty[role=alert]').waitFor(patience);
    },
    said: [['kqlens-result .empty', /externaldata.*The query is right, but not for here/s]],
    usable: async (page) => {
      await page.getByRole('button', { name: 'Copy for Azure Data Explorer' }).click();
      assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^externaldata/);
    },
  },
  {
    state: 'an engine that stopped',
    bring: async (page) => {
      await openQuery(page);
      await run(page, `${GATEWAY}\n| count`);
      await status(page).filter({ hasText: '1 row' }).waitFor(patience);
      await page.workers()[0].evaluate(() => { setTimeout(() => { throw new Error('stopped for a test'); }); });
      await page.locator('kqlens-result').getByText('was restarted').waitFor(patience);
      await page.getByText('Engine ready').waitFor(patience);
    },
    said: [['kqlens-app .notice', /The engine stopped and was restarted. What was loaded is here again/], ['kqlens-result', /The query is kept; run it again/]],
    usable: async (page) => {
      await page.getByRole('button', { name: 'Copy a report' }).click();
      const report = await page.evaluate(() => navigator.clipboard.readText());
      assert.match(report, /^kqlens: the engine stopped\nat: -\nsource: [\w-]+, 4800 rows\n(source: [\w-]+, \d+ rows\n)+browser: /);
      assert.doesNotMatch(report, /stopped for a test/, 'the words of the engine may hold what is in a log');
      await page.locator('kqlens-query #run').click();
      await status(page).filter({ hasText: '1 row' }).waitFor(patience);
    },
  },
  {
    state: 'a file that stops the engine',
    options: { serviceWorkers: 'block' },
    bring: async (page) => {
      await replace(page, '**/engine.worker-*.js', (script) => `${script}\naddEventListener('message', ({ data }) => { if (data.args?.options?.name === 'huge.json') throw new RangeError('out of memory'); });`);
      await page.reload();
      await loadSample(page, certificate);
      await drop(page, [{ name: 'huge.json', text: certificate.files()[0].text }]);
      await page.getByText('stopped the engine').waitFor(patience);
      await page.getByText('Engine ready').waitFor(patience);
    },
    said: [['kqlens-app .notice', /huge\.json stopped the engine.*more memory.*Load a part of it/], ['kqlens-sources', /4,800 rows/]],
    usable: async (page) => {
      await page.waitForSelector(VERDICT, patience);
      await page.getByRole('button', { name: 'Dismiss' }).click();
    },
  },
  {
    state: 'more than the limit of memory',
    options: { serviceWorkers: 'block' },
    bring: async (page) => {
      await replace(page, '**/engine.worker-*.js', (script) => script.replace(/new (\w+)\.Dataset\b(\(\))?/, 'new $1.Dataset({ memoryLimitBytes: 1000000 })'));
      await page.reload();
      await drop(page, certificate.files().slice(0, 1));
      await page.locator('.notice').waitFor(patience);
    },
    said: [['kqlens-app .notice', /cannot be read: The rows take more than the limit of 0 MB\. load a part of the file, or run the query where the data is/]],
    usable: asksForFiles,
  },
  {
    state: 'storage that is full',
    bring: async (page) => {
      await loadSample(page, certificate);
      await page.evaluate(() => { IDBObjectStore.prototype.add = () => { throw new DOMException('no', 'QuotaExceededError'); }; });
      await page.locator('#share').click();
      await page.locator('kqlens-share #workspaces').click();
      await page.locator('kqlens-workspaces #name').fill('x');
      await page.locator('kqlens-workspaces #save').click();
      await page.locator('kqlens-workspaces').getByRole('alert').waitFor(patience);
    },
    said: [['kqlens-workspaces', /the storage of this browser is full: delete a workspace, or keep the queries alone/]],
    usable: async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('tab', { name: 'Explore', exact: true }).click();
    },
  },
  {
    state: 'storage that is forbidden',
    bring: async (page) => {
      await page.addInitScript(() => {
        for (const name of ['localStorage', 'indexedDB']) Object.defineProperty(globalThis, name, { get() { throw new DOMException('no', 'SecurityError'); } });
      });
      await page.reload();
      await page.locator('kqlens-start #workspaces').click();
      await page.locator('kqlens-workspaces').getByRole('alert').waitFor(patience);
    },
    said: [['kqlens-workspaces', /this browser keeps nothing for this page/]],
    usable: async (page) => {
      await page.keyboard.press('Escape');
      await openQuery(page);
      await runsAgain(page);
    },
  },
  {
    state: 'a broken link',
    bring: (page) => page.evaluate(() => { location.hash = '#v1;q=%%%'; }),
    said: [['kqlens-app .notice', /The link cannot be read: .*missing or changed/]],
    usable: async (page) => {
      await page.getByRole('button', { name: 'Dismiss' }).click();
      await asksForFiles(page);
    },
  },
  {
    state: 'no network',
    bring: async (page) => {
      await page.getByText('Engine ready').waitFor(patience);
      await page.evaluate(() => navigator.serviceWorker.ready);
      await page.waitForFunction(() => navigator.serviceWorker.controller !== null, null, patience);
      await stand.server.close();
      await page.reload();
    },
    said: [['kqlens-app footer', /Engine ready/]],
    silent: true,
    usable: loadsAgain,
    after: () => stand.restart(),
  },
  {
    state: 'no service worker',
    bring: async (page) => {
      await page.addInitScript(() => { delete Navigator.prototype.serviceWorker; });
      await page.reload();
    },
    said: [['kqlens-app footer', /Engine ready/]],
    silent: true,
    usable: loadsAgain,
  },
];

describe('the states of the page', () => {
  for (const { state, options, bring, said, silent = false, usable, after } of STATES) {
    onPage(state, async (page) => {
      try {
        await bring(page);
        for (const [place, words] of said) {
          const deadline = Date.now() + patience.timeout;
          let read = '';
          do {
            read = await wordsOf(page.locator(place).first());
          } while (!words.test(read) && Date.now() < deadline);
          assert.match(read, words, place);
        }
        if (silent) assert.equal(await page.locator('kqlens-app .notice').count(), 0, 'says nothing of it');
        assert.deepEqual(await seriousFindings(page), []);
        await usable(page);
      } finally {
        await after?.();
      }
    }, options);
  }
});
