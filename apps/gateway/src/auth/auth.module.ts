import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HealthRegistry } from '@film-store/health';
import { CONFIG, createUpstreamCheck, toUpstreamPolicies } from '@film-store/service';
import { type HttpUpstream, UpstreamModule, upstreamToken } from '@film-store/resilience';
import type { GatewayConfig } from '../gateway.config.ts';
import type { AuthConfig } from './auth.config.ts';
import { PrincipalGuard, VERIFY_TOKEN } from './principal.guard.ts';
import { toKeysRequest, createRemoteKeys } from './remote-keys.ts';
import { type TokenKeys, type VerifyToken, createTokenVerifier } from './token-verifier.ts';

/** Provides the verification of bearer tokens. */
@Module({
  imports: [
    UpstreamModule.registerAsync({
      name: 'identity',
      inject: [CONFIG],
      useFactory: (config: GatewayConfig) =>
        config.AUTH_JWKS_URL === undefined
          ? undefined
          : {
              url: new URL(config.AUTH_JWKS_URL).origin,
              policies: toUpstreamPolicies('identity', config),
            },
    }),
  ],
  providers: [
    PrincipalGuard,
    {
      provide: VERIFY_TOKEN,
      inject: [CONFIG, upstreamToken('identity')],
      useFactory: (config: AuthConfig, identity: HttpUpstream | undefined): VerifyToken | undefined => {
        const keys = toTokenKeys(config, identity);
        return (
          keys &&
          createTokenVerifier(keys, { issuer: config.AUTH_JWT_ISSUER, audience: config.AUTH_JWT_AUDIENCE })
        );
      },
    },
  ],
  exports: [VERIFY_TOKEN],
})
export class AuthModule implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: AuthConfig,
    @Inject(upstreamToken('identity')) private readonly identity: HttpUpstream | undefined,
    private readonly health: HealthRegistry,
  ) {}

  /** Not critical: tokens are verified with the last known keys while the identity provider is unreachable. */
  onModuleInit(): void {
    const { AUTH_JWKS_URL } = this.config;
    if (!this.identity || !AUTH_JWKS_URL) return;
    const check = createUpstreamCheck(this.identity, toKeysRequest(new URL(AUTH_JWKS_URL)));
    this.health.register({ name: 'identity', critical: false, check });
  }
}

function toTokenKeys(
  { AUTH_JWKS_URL, AUTH_JWT_SECRET }: AuthConfig,
  identity: HttpUpstream | undefined,
): TokenKeys | undefined {
  if (identity && AUTH_JWKS_URL)
    return { kind: 'public', get: createRemoteKeys(identity, new URL(AUTH_JWKS_URL)) };
  return AUTH_JWT_SECRET === undefined ? undefined : { kind: 'secret', secret: AUTH_JWT_SECRET };
}
