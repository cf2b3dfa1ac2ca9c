import { Component } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { useService } from "@web/core/utils/hooks";

/** A restored backup brought people back who were erased: says so everywhere until it is mended. */
export class ErasureBanner extends Component {
    static template = "social_crm_gdpr.ErasureBanner";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.words = session.social_crm_behind;
        this.mayReplay = session.social_crm_may_replay;
    }

    async replay() {
        await this.action.doAction(
            await this.orm.call("social.crm.erasure", "action_replay", [])
        );
        browser.location.reload();
    }
}

registry.category("main_components").add("social_crm_erasure_banner", { Component: ErasureBanner });
