import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import type {
  ConfigMap,
  Secret,
  SecretKeySelector,
  Service,
  ServiceAccount,
} from 'kubernetes-types/core/v1.d.ts';
import type { ObjectMeta } from 'kubernetes-types/meta/v1.d.ts';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';

/** Of the Prometheus operator, as far as it is used here. */
interface ServiceMonitor {
  apiVersion: 'monitoring.coreos.com/v1';
  kind: 'ServiceMonitor';
  metadata: ObjectMeta;
  spec: {
    selector: { matchLabels: Record<string, string> };
    endpoints: {
      port: string;
      interval: string;
      scrapeTimeout: string;
      scheme?: 'http' | 'https';
      tlsConfig?: { ca: { secret: SecretKeySelector }; serverName: string };
      basicAuth?: { username: SecretKeySelector; password: SecretKeySelector };
    }[];
  };
}

interface ScrapeConfig {
  apiVersion: 'monitoring.coreos.com/v1alpha1';
  kind: 'ScrapeConfig';
  metadata: ObjectMeta;
  spec: {
    scrapeInterval: string;
    scrapeTimeout: string;
    httpSDConfigs: { url: string; refreshInterval: string }[];
  };
}

interface Probe {
  apiVersion: 'monitoring.coreos.com/v1';
  kind: 'Probe';
  metadata: ObjectMeta;
  spec: {
    jobName: string;
    interval: string;
    scrapeTimeout: string;
    prober: { url: string; path: string };
    targets: {
      staticConfig: { static: string[]; relabelingConfigs: { targetLabel: string; replacement: string }[] };
    };
  };
}

interface PrometheusRule {
  apiVersion: 'monitoring.coreos.com/v1';
  kind: 'PrometheusRule';
  metadata: ObjectMeta;
  spec: {
    groups: {
      name: string;
      rules: {
        alert: string;
        expr: string;
        for?: string;
        labels: Record<string, string>;
        annotations: Record<string, string>;
      }[];
    }[];
  };
}

/** Manifests by their `kind`. */
export interface Manifests {
  ConfigMap: ConfigMap;
  Deployment: Deployment;
  NetworkPolicy: NetworkPolicy;
  PodDisruptionBudget: PodDisruptionBudget;
  Probe: Probe;
  PrometheusRule: PrometheusRule;
  ScrapeConfig: ScrapeConfig;
  Secret: Secret;
  Service: Service;
  ServiceAccount: ServiceAccount;
  ServiceMonitor: ServiceMonitor;
  StatefulSet: StatefulSet;
}
