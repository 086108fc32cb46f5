package dev.belay.sink.docs;

import dev.belay.sink.transforms.MaskColumns;
import dev.belay.testkit.docs.CommittedText;
import dev.belay.testkit.docs.ConfigReference;
import dev.belay.testkit.docs.Page;
import dev.belay.testkit.docs.Repository;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MaskColumnsPageTest {

  @Test
  void thePageOfKeysIsThatOfTheDefinition() throws Exception {
    Page page =
        new Page("Transform: MaskColumns")
            .paragraph(
                """
                `dev.belay.sink.transforms.MaskColumns`, in the sink's zip, hides columns of a changefeed's records before
                the connector sees them: `transforms.<name>.<key>`. Connect's own `MaskField` reaches neither bytes nor the
                columns inside of `after`. A value that is no record of a changefeed is an error and does not pass: what
                becomes of it is `errors.tolerance`'s to say. A complete connector is
                [config/sink/transforms.json](../../config/sink/transforms.json).
                """)
            .generatedFrom("MaskColumns");
    ConfigReference.write(page, MaskColumns.definition(), Map.of());
    CommittedText.assertCommitted(Repository.docs("reference/mask-columns.md"), page.text());
  }
}
