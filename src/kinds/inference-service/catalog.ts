import type { Catalog } from '../catalog.ts';

/** Texts of events of inference services. Of the page that lists them only the first rows could be read. */
export const CATALOG: Catalog = {
  texts: [
    '服务部署失败，{}。',
    '服务部署超时，错误信息：服务部署时间超过{}分钟，设置为失败。',
    '服务删除失败，当前状态：{}，{}。',
    '批量服务删除失败，{}。',
    '服务异常，不正常的实例数为{}',
    'Failed to start the pod container in deployment [{}].',
  ],
  words: [
    'deploy deployment timed out failed delete instances abnormal rolled back ModelArts',
    '服务部署 失败 超时 删除 异常 实例数 已回滚 回滚成功',
  ],
};
