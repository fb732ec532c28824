import com.adobe.epubcheck.api.EPUBLocation;
import com.adobe.epubcheck.api.EpubCheck;
import com.adobe.epubcheck.api.MasterReport;
import com.adobe.epubcheck.messages.Message;
import com.adobe.epubcheck.messages.Severity;
import com.adobe.epubcheck.util.FeatureEnum;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Locale;

/** Checks each EPUB whose path comes in as a line; answers with one line per fatal error, error and warning, then a line with a full stop. */
class ManyEpubs {
    public static void main(String[] arguments) throws IOException {
        Locale.setDefault(Locale.ENGLISH);
        var paths = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        for (String path; (path = paths.readLine()) != null; answers.println(".")) {
            new EpubCheck(new File(path), new Lines(answers)).doValidate();
        }
    }

    private static class Lines extends MasterReport {
        private static final EnumSet<Severity> TOLD = EnumSet.of(Severity.FATAL, Severity.ERROR, Severity.WARNING);
        private final PrintStream answers;

        Lines(PrintStream answers) {
            super(true);
            this.answers = answers;
        }

        @Override
        public void message(Message message, EPUBLocation place, Object... values) {
            if (TOLD.contains(message.getSeverity())) {
                var text = message.getMessage(values).replaceAll("\\s+", " ");
                var line = place.getLine() < 0 ? "" : ":" + place.getLine() + ":" + place.getColumn();
                answers.printf("%s %s %s%s %s%n", message.getSeverity(), message.getID(), place.getPath(), line, text);
            }
        }

        @Override
        public void info(String resource, FeatureEnum feature, String value) {}

        @Override
        public int generate() {
            return 0;
        }

        @Override
        public void initialize() {}
    }
}
