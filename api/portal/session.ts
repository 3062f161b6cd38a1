/* Signing in: OpenID Connect, authorization code with PKCE. Tokens are kept in memory alone. */
import { InMemoryWebStorage, UserManager, WebStorageStateStore } from "oidc-client-ts";

export class Session {
  private constructor(private readonly manager: UserManager) {}

  /** Signs in, by way of the identity provider if need be: undefined while the browser is on its way there. */
  static async begin(): Promise<Session | undefined> {
    const { issuer, client_id, scope } = (await (await fetch("config.json")).json()) as Record<string, string>;
    const here = new URL("./", location.href).href;
    const manager = new UserManager({
      authority: issuer!,
      client_id: client_id!,
      scope: scope!,
      redirect_uri: here,
      post_logout_redirect_uri: here,
      userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
      stateStore: new WebStorageStateStore({ store: sessionStorage }),
    });
    const state = new URLSearchParams(location.search).get("state");
    // An answer that belongs to no question of this tab, such as one that is reloaded, is no answer.
    if (!state || !sessionStorage.getItem(`oidc.${state}`)) {
      await manager.signinRedirect({ state: location.hash });
      return undefined;
    }
    const user = await manager.signinCallback();
    history.replaceState(null, "", here + String(user?.state ?? ""));
    return new Session(manager);
  }

  token = async (): Promise<string> => {
    const user = await this.manager.getUser();
    if (!user || user.expired) await this.manager.signinRedirect({ state: location.hash });
    return user?.access_token ?? "";
  };

  end(): Promise<void> {
    return this.manager.signoutRedirect();
  }
}
