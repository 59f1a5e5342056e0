package io.sluice.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.structure.ChowLiuTree;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.stream.IntStream;

class ShapesTest {

    @ParameterizedTest
    @CsvSource({
        "hclt784-8, 784, 256",
        "hclt768-8, 768, 256",
        "hclt784m-8, 784, 256",
        "hclt768m-8, 768, 256",
        "pd784-8, 784, 256",
        "pd768-8, 768, 256",
        "rat784-8, 784, 256",
        "hmm32-8-v100, 32, 100"
    })
    void a_name_says_how_many_variables_there_are(String name, int variables, int categories) {
        Circuit circuit = Shapes.circuit(name);
        assertEquals(variables, circuit.variables());
        assertEquals(categories, circuit.family(0).categories());
    }

    @Test
    void merged_leaves_of_a_tree_cost_no_edges() {
        ChowLiuTree tree = PixelTree.random(28, 28);
        long inner =
                IntStream.range(0, tree.variables())
                        .filter(v -> v != tree.root() && tree.children(v).length > 0)
                        .count();
        Workload merged = Workload.of(Shapes.circuit("hclt784m-8"));
        assertEquals(64 * inner, merged.edges());
        assertEquals(64 * 783, Workload.of(Shapes.circuit("hclt784-8")).edges());
    }

    @ParameterizedTest
    @ValueSource(strings = {"hclt784", "hclt784-0", "hclt100-8", "hmm32-8", "tree"})
    void another_name_is_answered_with_names_that_there_are(String name) {
        InvalidArgumentException e =
                assertThrows(InvalidArgumentException.class, () -> Shapes.circuit(name));
        assertTrue(e.getMessage().contains("hclt784-64"), e::getMessage);
    }
}
