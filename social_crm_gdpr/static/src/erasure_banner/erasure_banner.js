import { Component } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { useService } from "@web/core/utils/hooks";

/** Erased people came back with a backup, or the log is lost: says so until it is mended. */
export class ErasureBanner extends Component {
    static template = "social_crm_gdpr.ErasureBanner";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.words = session.social_crm_behind;
        this.dialog = useService("dialog");
        this.isLost = session.social_crm_log_is_lost;
        this.mayReplay = session.social_crm_may_replay;
    }

    async replay() {
        await this.action.doAction(
            await this.orm.call("social.crm.erasure", "action_replay", [])
        );
        browser.location.reload();
    }

    beginLog() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Begin a New Log"),
            body: _t(
                "Only if the old file is lost for good: who was erased after the backup this " +
                    "database may come from is not known any more. The evidence log says that " +
                    "you decided it."
            ),
            confirmLabel: _t("Begin a New Log"),
            confirm: async () => {
                await this.orm.call("social.crm.erasure", "action_begin_log", []);
                browser.location.reload();
            },
            cancel: () => {},
        });
    }
}

registry.category("main_components").add("social_crm_erasure_banner", { Component: ErasureBanner });
