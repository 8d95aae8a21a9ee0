import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { type ResolvedTopology, refuseHomes } from '../../regions';
import { abortDrill, createOutside, drillSettings, fileJournals } from '../drill';
import { labConnection, labStatus } from '../lab';
import { type DrillStarter, type ServedUi, serveUi } from '../ui';
import { type CommandContext, type CommandResult, EXIT } from './context';
import { moveInLab } from './drill-run';
import { openDrill } from './drill-target';

/** Adds the live page to a result: its address in text and document, and the serving that goes on afterwards. */
export async function withPage(
  context: CommandContext,
  topology: ResolvedTopology,
  result: CommandResult,
  port?: number,
): Promise<CommandResult> {
  const { clock, projectRoot, installRoot, signal } = context;
  refuseHomes(topology, 'the live page');
  const { entries, dnsServer, timeScale } = labConnection(projectRoot);
  const { application, host, regions, objectives } = drillSettings(topology);
  const since = (await labStatus({ projectRoot, clock })).since ?? null;
  const outside = createOutside({ clock, dnsServers: [dnsServer] });
  const directory = path.join(projectRoot, 'out', 'drills');
  const scaled = {
    rtoSeconds: objectives.rtoSeconds / timeScale,
    rpoSeconds: objectives.rpoSeconds / timeScale,
  };
  const served = await serveUi({
    ...{ clock, signal, port },
    lab: { application, serviceHost: host, since, timeScale, regions, objectives: scaled },
    look: () => labStatus({ projectRoot, clock }),
    answers: { outside, host, entries },
    drills: { journals: fileJournals(directory), directory },
    starter: starterOf(context, topology),
    pageFolder: path.join(installRoot, 'lib', 'ui', 'page'),
    key: randomBytes(24).toString('base64url'),
  });
  const text = `live page: ${served.url}\n  who has this address may start and abort drills; Ctrl-C ends the page, the lab goes on`;
  const document = { ...result.document, ui: { url: served.url } };
  return {
    ...result,
    document,
    text: `${result.text}\n\n${text}`,
    serve: () => serving(context, served).finally(() => outside.close()),
  };
}

async function serving({ output }: CommandContext, served: ServedUi) {
  const why = await served.ended;
  const text = why === 'lab-gone' ? 'the lab is down' : 'interrupted; the lab goes on, until holdfast down';
  output.emit({ code: 'ui.ended', level: 'info', text: `live page: ended, ${text}` });
  return why === 'lab-gone' ? EXIT.good : EXIT.interrupted;
}

/** Drills of the page are those of `holdfast drill`: the same load, the same journal, the same abort. */
function starterOf(context: CommandContext, topology: ResolvedTopology): DrillStarter {
  return {
    start: async (request, signal) => {
      await moveInLab({ ...context, signal }, topology, request);
    },
    undo: async (id, signal) => {
      const drill = openDrill({ ...context, signal }, topology, 'lab');
      try {
        await abortDrill(drill.context, { id });
      } finally {
        drill.close();
      }
    },
  };
}
