import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CredentialStore, type Credentials, DEFAULT_TOKEN } from './access/credentials.ts';
import { EcsMetadata, type EcsMetadataOptions } from './access/ecs-metadata.ts';
import { Gatekeeper } from './access/gatekeeper.ts';
import { Iam, type IamOptions } from './access/iam.ts';
import { Throttle, type ThrottleOptions } from './access/throttle.ts';
import { Cloud } from './cloud.ts';
import { type Dialect, type DialectOptions, DOCUMENTED_DIALECT, withOptions } from './dialect.ts';
import { documentedJson } from './documented-json.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import { Gateway } from './gateway.ts';
import { RequestLog } from './request-log.ts';
import { createRoutes, type ServedText } from './routes.ts';
import { seededRandom } from './seeded-random.ts';

export interface SimulatorOptions {
  /** Epoch milliseconds: what the cloud believes the time to be. */
  readonly now: () => number;
  /** Left out: an empty cloud, to be filled by its handles. */
  readonly cloud?: Cloud;
  /** Left out: the token `DEFAULT_TOKEN` opens every project. */
  readonly credentials?: Credentials;
  readonly dialect?: DialectOptions;
  readonly throttle?: ThrottleOptions;
  readonly iam?: IamOptions;
  readonly ecsMetadata?: EcsMetadataOptions;
  /** 0, the default: any free port. Always on 127.0.0.1. */
  readonly port?: number;
  /** Of the probability of faults. */
  readonly seed?: number;
  /** How many requests the log keeps. */
  readonly loggedRequests?: number;
  /** `documented` writes JSON in the spacing of the documents' examples. */
  readonly json?: 'compact' | 'documented';
  /** Texts that are served word for word instead of what the cloud holds. */
  readonly servedTexts?: readonly ServedText[];
}

/** A running simulator, and the handles on its inside. */
export interface Simulator {
  /** `http://127.0.0.1:PORT`: the endpoint of ModelArts, of IAM and of the metadata service. */
  readonly url: string;
  readonly cloud: Cloud;
  readonly requests: RequestLog;
  readonly faults: FaultPlan;
  /** Tokens, keys and users may be changed at any time. */
  readonly credentials: CredentialStore;
  readonly ecsMetadata: EcsMetadata;
  readonly dialect: Dialect;
  /** Changes some options of the dialect from the next request on. */
  changeDialect(options: DialectOptions): void;
  /** Ends every connection, also those that hang. */
  close(): Promise<void>;
}

/**
 * Starts an embedded ModelArts with its IAM and an ECS metadata service, all at one address.
 * @throws where the port can't be had
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const cloud = options.cloud ?? new Cloud();
  const store = new CredentialStore(options.credentials ?? { tokens: [{ token: DEFAULT_TOKEN }] });
  const requests = new RequestLog(options.loggedRequests ?? 10_000);
  const faults = new FaultPlan(seededRandom(options.seed ?? 1, 'faults'));
  const ecsMetadata = new EcsMetadata(store, options.ecsMetadata ?? {});
  let dialect = withOptions(DOCUMENTED_DIALECT, options.dialect ?? {});
  const stopping = new AbortController();
  // Every answer that is delayed listens to it.
  setMaxListeners(0, stopping.signal);
  const gateway = new Gateway({
    now: options.now,
    dialect: () => dialect,
    write: options.json === 'documented' ? documentedJson : JSON.stringify,
    requests,
    faults,
    stopping: stopping.signal,
  });
  const routes = createRoutes(gateway, {
    cloud,
    gatekeeper: new Gatekeeper(store),
    throttle: options.throttle === undefined ? undefined : new Throttle(options.throttle),
    iam: new Iam(cloud, store, options.iam ?? {}),
    ecsMetadata,
    servedTexts: options.servedTexts ?? [],
  });
  const server = createServer(routes);
  // the default of 5 s would close connections under clients that poll every few seconds
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    cloud,
    requests,
    faults,
    credentials: store,
    ecsMetadata,
    get dialect() {
      return dialect;
    },
    changeDialect(changes) {
      dialect = withOptions(dialect, changes);
    },
    close() {
      stopping.abort();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
