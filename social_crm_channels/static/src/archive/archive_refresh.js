import { Component, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const SECONDS = 2;
const AT_WORK = ["reading", "importing", "undoing"];

/**
 * Reads the record anew while the background works on it, so that its progress is seen. What
 * somebody is just typing is never taken away.
 */
export class ArchiveRefresh extends Component {
    static template = "social_crm_channels.ArchiveRefresh";
    static props = { ...standardWidgetProps };

    setup() {
        this.timer = browser.setInterval(() => this.refresh(), SECONDS * 1000);
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    async refresh() {
        const { record } = this.props;
        if (!AT_WORK.includes(record.data.state) || this.busy || (await record.isDirty())) {
            return;
        }
        this.busy = true;
        try {
            await record.load();
        } finally {
            this.busy = false;
        }
    }
}

registry.category("view_widgets").add("social_crm_archive_refresh", {
    component: ArchiveRefresh,
    fieldDependencies: [{ name: "state", type: "selection" }],
});
