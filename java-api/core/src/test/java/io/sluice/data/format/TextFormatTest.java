package io.sluice.data.format;

import static io.sluice.data.Messages.assertSays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.data.Bytes;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class TextFormatTest {
    private static final DataOptions WORDS = DataOptions.defaults().withTokens(TokenUnit.WORD, 3);
    private static final DataOptions CHARACTERS =
            DataOptions.defaults().withTokens(TokenUnit.CHAR, 2);

    @TempDir Path folder;

    private Dataset read(String content, DataOptions options) {
        Path file = Bytes.write(folder.resolve("text.txt"), content);
        return Datasets.open(file.toString(), options).train();
    }

    private static List<String> row(Dataset data, long row) {
        List<String> labels = new ArrayList<>();
        for (int v = 0; v < data.variables(); v++) {
            labels.add(data.schema().column(v).label((int) data.value(row, v)));
        }
        return labels;
    }

    @Test
    void words_and_line_ends_fill_rows_without_overlap() {
        Dataset data = read(" the cat  \n the dog sat", WORDS);
        assertEquals(2, data.rows()); // 7 tokens: the last one makes no row
        assertEquals(List.of("the", "cat", "<eos>"), row(data, 0));
        assertEquals(List.of("the", "dog", "sat"), row(data, 1));
    }

    @Test
    void the_most_frequent_token_is_the_first_category() {
        Dataset data = read("b a a\nb a c\n", WORDS);
        assertEquals(List.of("a", "<eos>", "b", "c"), data.schema().column(0).labels());
    }

    @Test
    void characters_are_code_points_with_blanks_and_line_ends() {
        Dataset data = read("a 😀\n", CHARACTERS);
        assertEquals(List.of("a", " "), row(data, 0));
        assertEquals(List.of("😀", "\n"), row(data, 1));
    }

    @Test
    void under_a_schema_unknown_words_become_the_unknown_token() {
        Schema schema = read("<unk> a b\n<unk> a b\n", WORDS).schema();
        Dataset data = read("a zebra b\n", WORDS.withSchema(schema));
        assertEquals(List.of("a", "<unk>", "b"), row(data, 0));
    }

    @Test
    void without_an_unknown_token_an_unknown_word_is_refused() {
        Schema schema = read("a b\n", WORDS).schema();
        InvalidArgumentException error =
                assertThrows(
                        InvalidArgumentException.class,
                        () -> read("a zebra b\n", WORDS.withSchema(schema)));
        assertSays(error, "'zebra'");
        assertSays(error, "row 0, column 1");
    }

    @Test
    void text_shorter_than_a_row_is_refused() {
        assertThrows(FileFormatException.class, () -> read("a\n", WORDS));
        assertThrows(FileFormatException.class, () -> read("", WORDS));
    }

    @Test
    void a_vocabulary_or_a_word_without_end_is_refused() {
        Path word = Bytes.write(folder.resolve("word.txt"), "a".repeat(1 << 17));
        DataOptions words = DataOptions.defaults().withTokens(TokenUnit.WORD, 1);
        assertThrows(FileFormatException.class, () -> Datasets.open(word.toString(), words));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= DataLimits.MAXIMUM_TOKENS; i++) {
            text.append(i).append(' ');
        }
        Path many = Bytes.write(folder.resolve("many.txt"), text.toString());
        assertSays(
                assertThrows(
                        FileFormatException.class, () -> Datasets.open(many.toString(), words)),
                "different tokens");
    }

    @Test
    void words_of_another_part_that_the_training_text_lacks_follow_the_rule() {
        String train = Bytes.write(folder.resolve("train.txt"), "a b a b").toString();
        String test = Bytes.write(folder.resolve("test.txt"), "a c").toString();
        DataOptions words = DataOptions.defaults().withTokens(TokenUnit.WORD, 1);
        assertThrows(InvalidArgumentException.class, () -> Datasets.open(train, null, test, words));
        Dataset rows =
                Datasets.open(train, null, test, words.withUnseen(UnseenRule.MISSING)).testOrAll();
        assertTrue(rows.isMissing(1, 0) && rows.hasUnseen(1) && !rows.hasUnseen(0));
    }
}
