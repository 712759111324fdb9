# What --oidc-config reads, made of the options below services.niks3.oidc.
lib: oidc:
let
  given = lib.filterAttrs (_: value: value != null && value != [ ] && value != { });
  rule =
    options:
    given {
      bound_claims = options.boundClaims;
      bound_subject = options.boundSubject;
      inherit (options) scopes;
    };
in
{
  providers = lib.mapAttrs (
    _: provider:
    { inherit (provider) audience; }
    // rule provider
    // given {
      inherit (provider) issuer;
      rules = map (options: rule options // given { inherit (options) pins; }) provider.rules;
      jwks_url = provider.jwksUrl;
      ca_file = provider.caFile;
      bearer_token_file = provider.bearerTokenFile;
    }
  ) oidc.providers;
  allow_insecure = oidc.allowInsecure;
}
