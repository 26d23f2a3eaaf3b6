export { Upstream, type UpstreamRequest } from './upstream.ts';
export { InjectUpstream, UpstreamModule, createUpstream } from './upstream.module.ts';
