import { toServices } from '../../deploy/platform/derived.ts';
import { platform } from '../../platform.config.ts';
import { NO_ACTION } from './no-action.ts';
import { recommendationsEvents, recommendationsIndicators } from './recommendations-descriptions.ts';

/** Meaning of a log event, for the reference page. */
export interface LogEventDescription {
  readonly when: string;
  /** Instruction for the operator. */
  readonly action: string;
}

/** Describes each log event that the sources contain. Events are public: a rename is a breaking change. */
export const logEvents: Readonly<Record<string, LogEventDescription>> = {
  ...recommendationsEvents,
  'auth.service_token_rejected': {
    when: 'An internal service rejected a request without a valid `SERVICE_TOKEN`.',
    action:
      'Compare `SERVICE_TOKEN` of the caller and of this service. If the caller is unknown, close the port.',
  },
  'auth.service_token_unset': {
    when: 'An internal service started without `SERVICE_TOKEN`, so it accepts every caller. The level is `warn` if other machines can reach the port.',
    action: 'Set `SERVICE_TOKEN` on all services, except on a machine for development.',
  },
  'breaker.transition': {
    when: 'A circuit breaker changed its state. The level is `warn` if it opened.',
    action: 'Follow the runbook `BreakerOpen` if it opened.',
  },
  'database.connected': { when: 'The database is open and migrated.', action: NO_ACTION },
  'database.connection_lost': {
    when: 'The server closed an idle connection of the pool.',
    action: 'None for a single event. Check PostgreSQL if the event repeats.',
  },
  'database.unavailable': {
    when: 'The database could not be reached while the service started. The service retries and is not ready.',
    action: 'Check `DATABASE_URL`, the network and PostgreSQL.',
  },
  // #region part: faults
  'fault.ended': { when: 'An injected fault expired or was removed.', action: NO_ACTION },
  'fault.started': {
    when: 'An operator injected a fault. It affects requests for `ttlMs` milliseconds.',
    action: 'None during an experiment. Otherwise remove the fault with `DELETE /ops/faults`.',
  },
  // #endregion part: faults
  'films.imported': { when: 'Catalog wrote the films into an empty database.', action: NO_ACTION },
  // #region part: flags
  'flag.missing_definition': {
    when: 'A flag has no definition that can be used, so its default applies. Logged once for each flag.',
    action: 'Add the flag to `FLAGS_FILE` or to flagd.',
  },
  'flags.changed': { when: 'Flag definitions changed. `flags` lists them.', action: NO_ACTION },
  'flags.definition_rejected': {
    when: 'Definitions of `flags` do not fit the schema of flagd. Their last valid ones apply; all others are taken.',
    action: 'Correct these definitions in `FLAGS_FILE` or in flagd.',
  },
  'flags.provider_log': { when: 'The OpenFeature provider wrote this message.', action: 'Read the message.' },
  'flags.recovered': { when: 'Flag definitions can be read again.', action: NO_ACTION },
  'flags.stale': {
    when: 'The connection to the source of the flags failed. The definitions of the last read still apply.',
    action: 'Check flagd or `FLAGS_FILE`.',
  },
  'flags.unavailable': {
    when: 'No flag definitions are available, so the default of each flag applies.',
    action: 'Check flagd or `FLAGS_FILE`.',
  },
  // #endregion part: flags
  'http.problem': {
    when: 'A request failed with status 500 or above. `err` is the cause.',
    action: 'Fix the cause of each `internal`. For other codes, check the upstream or the load.',
  },
  'http.request': {
    when: 'A request ended. Above 200 requests per second, one of `sampled` successful requests is logged.',
    action: NO_ACTION,
  },
  'idempotency.lease_lost': {
    when: 'An execution took longer than its lease, and another attempt took over the record.',
    action: 'Check why executions are slow, for example with the traces of orders.',
  },
  'idempotency.quarantined': {
    when: 'All attempts under one key lost their leases. The record is locked, because the outcome is unknown.',
    action: 'Follow the runbook `IdempotencyKeyQuarantined`.',
  },
  'idempotency.records_kept': {
    when: 'The idempotency store has lost no record of a running order for a minute.',
    action: NO_ACTION,
  },
  'idempotency.records_lost': {
    when: 'The idempotency store lost the record of a running order, for example by eviction. Catalog still prevents duplicates.',
    action:
      'Set `maxmemory-policy noeviction` and enough memory in Redis. Check whether it was flushed or failed over.',
  },
  'idempotency.store_failed': {
    when: 'The idempotency store failed. The gateway executes at most 32 orders at a time without a record; catalog prevents duplicates.',
    action: 'Check Redis.',
  },
  'idempotency.store_recovered': {
    when: 'The idempotency store has worked for 10 s without a failure.',
    action: NO_ACTION,
  },
  'log.lines_dropped': {
    when: 'The reader of standard output was too slow, so log lines were dropped.',
    action: 'Check the log collector, or raise `LOG_LEVEL`.',
  },
  'orders.key_deletion_failed': {
    when: 'Expired order keys could not be deleted. The service tries again later.',
    action: 'Check the database if the event repeats.',
  },
  'orders.keys_deleted': { when: 'Expired order keys were deleted.', action: NO_ACTION },
  'overload.ended': {
    when: 'An overload ended. The event has the number of rejected requests.',
    action: NO_ACTION,
  },
  'overload.started': {
    when: 'Load exceeds the limit, so requests are rejected, by priority.',
    action: 'Follow the runbook `RequestsShed`.',
  },
  'redis.connected': { when: 'The connection to Redis works again.', action: NO_ACTION },
  'redis.disconnected': {
    when: 'The connection to Redis failed. The client connects again by itself.',
    action: 'Check Redis. Orders and pages still work.',
  },
  'redis.not_configured': {
    when: 'No Redis is configured, so idempotency records and last-known-good values are in memory.',
    action: 'Set `REDIS_URL` if more than one gateway runs.',
  },
  'replica.current': { when: 'The data of the replica is current. It serves reads.', action: NO_ACTION },
  'replica.not_current': {
    when: 'The replica lags, is unreachable or was promoted. Reads go to the primary. The event has the role of the server and the age of its data.',
    action: 'Check the replica and its replication. Compare the load of the primary with its limit.',
  },
  'service.crashed': {
    when: 'An error was not caught. The service shuts down and exits with code 1.',
    action: 'Fix the error in `err`.',
  },
  'service.listening': { when: 'The service accepts connections.', action: NO_ACTION },
  'service.ready': { when: 'All readiness tasks are done.', action: NO_ACTION },
  'shutdown.failed': {
    when: 'A step of the shutdown failed. The exit code is 1.',
    action: 'Fix the error in `err`.',
  },
  'shutdown.forced': {
    when: 'A second signal arrived, so the shutdown no longer waits for requests in flight.',
    action: NO_ACTION,
  },
  'shutdown.requests_aborted': {
    when: 'Requests were still in flight after `DRAIN_TIMEOUT_MS`, so they were aborted.',
    action: 'Raise `DRAIN_TIMEOUT_MS` if it is shorter than the longest request.',
  },
  'shutdown.started': { when: 'The service started to shut down. `reason` is the cause.', action: NO_ACTION },
  'shutdown.step_failed': {
    when: 'One step of the shutdown failed. The other steps run.',
    action: 'Fix the error in `err`.',
  },
  'shutdown.step_timed_out': {
    when: 'One step of the shutdown did not end in time. The other steps run.',
    action: 'Check why `part` does not close.',
  },
  'shutdown.timed_out': {
    when: 'The shutdown exceeded its limit, so the process exits with code 1. `open` lists open resources.',
    action: 'Check which resource in `open` does not close.',
  },
  'startup.failed': {
    when: 'The service could not start and exits with code 1.',
    action: 'Fix the error in `err`.',
  },
  'system_stream.failed': {
    when: 'A snapshot for `GET /ops/stream` could not be created.',
    action: 'Fix the error in `err`. Requests of customers are not affected.',
  },
  'telemetry.export_failed': {
    when: 'The OTLP receiver did not accept an export of `signal`: traces or metrics. Logged once until it accepts them.',
    action: 'Check the receiver and `OTEL_EXPORTER_OTLP_ENDPOINT`. Follow the runbook `SpansLost`.',
  },
  'telemetry.export_recovered': {
    when: 'The OTLP receiver accepts exports of `signal` again.',
    action: NO_ACTION,
  },
  'telemetry.flush_timed_out': {
    when: 'The last spans and metrics could not be sent before the exit.',
    action: 'Check the receiver.',
  },
  'telemetry.setting_ignored': {
    when: 'An `OTEL_*` variable has an invalid value, so its default applies.',
    action: 'Correct the variable that `name` names.',
  },
};

/** Describes when each span event is recorded. */
export const spanEventMeanings: Readonly<Record<string, string>> = {
  'breaker.transition': 'The request changed the state of a circuit breaker.',
  // #region part: faults
  'fault.injected': 'A fault was injected into this request or attempt.',
  // #endregion part: faults
  'request.shed': 'An internal service rejected the request to shed load, and the caller records its trace.',
  'response.degraded': 'A part of the response is degraded.',
  'upstream.hedge': 'A second attempt of a slow read starts while the first one runs.',
  'upstream.rejected': 'The circuit breaker or the bulkhead rejected the call.',
  'upstream.retry': 'A failed attempt is retried.',
};

/** The checks of the servers that a service calls. */
const callMeanings = Object.fromEntries(
  toServices(platform).flatMap(({ name, calls, upstreams }) =>
    Object.keys({ ...calls, ...upstreams }).map((called) => [
      `${name}/${called}`,
      called in calls
        ? `The circuit breaker admits calls, and \`GET /health/live\` of ${called} responds.`
        : `The circuit breaker admits calls, and ${called} responds to the request of its client's health check.`,
    ]),
  ),
);

/** The checks of the databases of services. */
const databaseMeanings = Object.fromEntries(
  toServices(platform)
    .filter(({ stores }) => stores.includes('database'))
    .map(({ name }) => [`${name}/database`, 'The database responds.']),
);

/** Describes what each health indicator checks. Key: owner and name. */
export const indicatorMeanings: Readonly<Record<string, string>> = {
  ...callMeanings,
  ...databaseMeanings,
  ...recommendationsIndicators,
  'catalog/database':
    'The database responds and accepts writes. A read-only database degrades the service: orders fail, reads work.',
  'catalog/replica':
    'The data of the replica is at most `DATABASE_REPLICA_MAX_LAG_MS` old. Otherwise reads go to the primary.',
  // #region part: flags
  'feature-flags/flags':
    'Flag definitions are available and current. Without them the default of each flag applies.',
  // #endregion part: flags
  'gateway/identity': 'The circuit breaker admits calls, and the key set of `AUTH_JWKS_URL` can be read.',
  'health/disk': 'The file system of `DATA_DIR` has at least 64 MiB of free space.',
  'health/event-loop': 'The p99 of the event loop delay since the last check is below 200 ms.',
  'health/memory': 'The heap, and the memory without pages of files, are below 95 % of their limits.',
  'ops/load-shedding': 'No request has held its permit for 60 s.',
  'redis/redis': 'Redis accepts a write. The Redis of `CACHE_REDIS_URL` has the indicator `cache`.',
};
