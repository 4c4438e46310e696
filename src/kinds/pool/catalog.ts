import type { Catalog } from '../catalog.ts';

/** Texts of resource pool events, from the documents and their examples. */
export const CATALOG: Catalog = {
  texts: [
    'Pool status changed, from {} to {}, details: {}.',
    'Pool status changed, from {} to {}.',
    'Pool resources status changed, available/abnormal/creating/deleting count from {} to {}, timestamp: {}.',
    'Begin to delete resource node {}',
    'Resource node {} deleted',
  ],
  words: ['Running Abnormal Creating Deleting Error CreationFailed ScalingFailed Waiting'],
};
