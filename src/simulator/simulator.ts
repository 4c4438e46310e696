import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CredentialStore, type Credentials, DEFAULT_TOKEN } from './access/credentials.ts';
import { EcsMetadata, type EcsMetadataOptions } from './access/ecs-metadata.ts';
import { Gatekeeper } from './access/gatekeeper.ts';
import { Iam, type IamOptions } from './access/iam.ts';
import { Throttle, type ThrottleOptions } from './access/throttle.ts';
import { Cloud } from './cloud.ts';
import { type Dialect, type DialectOptions, DOCUMENTED_DIALECT, withOptions } from './dialect.ts';
import { Gateway, type OnExchange } from './gateway.ts';
import { createHandler } from './routes.ts';

export interface SimulatorOptions {
  /** Unix milliseconds: what the cloud believes the time to be. */
  readonly now: () => number;
  /** Left out: an empty cloud, to be filled by its handles. */
  readonly cloud?: Cloud;
  /** Left out: the token `DEFAULT_TOKEN` opens every project. */
  readonly credentials?: Credentials;
  readonly dialect?: DialectOptions;
  readonly throttle?: ThrottleOptions;
  readonly iam?: IamOptions;
  readonly ecsMetadata?: EcsMetadataOptions;
  /** Left out: every request gets the cloud's answer. */
  readonly onExchange?: OnExchange | undefined;
}

/** A running simulator, and the handles on its inside. */
export interface Simulator {
  /** `http://127.0.0.1:PORT`: the endpoint of ModelArts, of IAM and of the metadata service. */
  readonly url: string;
  readonly cloud: Cloud;
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
  const ecsMetadata = new EcsMetadata(store, options.ecsMetadata ?? {});
  let dialect = withOptions(DOCUMENTED_DIALECT, options.dialect ?? {});
  const gateway = new Gateway({
    now: options.now,
    dialect: () => dialect,
    onExchange: options.onExchange ?? (({ answer, send }) => send(answer())),
  });
  const handler = createHandler(gateway, {
    cloud,
    gatekeeper: new Gatekeeper(store),
    throttle: options.throttle === undefined ? undefined : new Throttle(options.throttle),
    iam: new Iam(cloud, store, options.iam ?? {}),
    ecsMetadata,
  });
  const server = createServer(handler);
  // By default it is 5 s, and clients that poll every few seconds would find their connections closed.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    cloud,
    credentials: store,
    ecsMetadata,
    get dialect() {
      return dialect;
    },
    changeDialect(changes) {
      dialect = withOptions(dialect, changes);
    },
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
