import { KINDS } from '../kinds/kinds.ts';

/** Words of the errors of ModelArts, of IAM and of the gateway, and those that the exporter puts before them. */
const ERRORS = [
  'The throttling threshold has been reached: policy ip user app api over ratelimit',
  'Incorrect IAM authentication information: verify aksk signature fail decrypt token fail x-auth-token not found token expires securitytoken',
  'AK access failed to reach the limit forbidden Get secretKey ak err not exist signature expired time server',
  'Bad request. Invalid Argument. Invalid parameter. Invalid project ID. does not exist workspace model service pool',
  'Training job (ID: ) not found Pool not found. Service does not exist.',
  'not authorized for operation policy doesn’t allow permission denied User no access this action perform',
  'The project ID in the URL does not match that of the token.',
  'Request too many requests. The system is busy. Try again later. Internal error server Service Unavailable Gateway timeout',
  'The API does not exist or has not been published in the environment Unauthorized Forbidden account suspended owed',
  'HTTP sent credential was rejected answer within ms body that is no JSON larger than bytes closed client ECONNREFUSED ETIMEDOUT ENOTFOUND',
];

/** Texts whose words tell nothing of a user: they stay where others are masked. */
export function knownTexts(): readonly string[] {
  const catalogs = Object.values(KINDS).map(({ catalog }) => catalog);
  const operations = Object.values(KINDS).flatMap(({ listing, reading }) => [
    listing.operation,
    ...(listing.besides ?? []),
    ...reading.operations,
  ]);
  return [...catalogs.flatMap(({ texts, words }) => [...texts, ...words]), ...ERRORS, operations.join(' ')];
}
