package dev.ondine.it.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.ondine.it.architecture.Ondine.mustObey;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Names that say something, in packages that say what belongs there. */
class NamingTest {
  @Test
  void noNameThatSaysNothing() {
    mustObey(
        noClasses()
            .should()
            .haveNameMatching(".*(Manager|Helper|Utils?|Impl)(\\$.*)?")
            .orShould()
            .resideInAnyPackage("..util..", "..utils..", "..common..", "..misc..")
            .because("a name says what the thing is"));
  }

  @Test
  void everyPackageIsNullMarked() {
    mustObey(
        classes()
            .should(
                new ArchCondition<JavaClass>("reside in a package with @NullMarked") {
                  @Override
                  public void check(JavaClass item, ConditionEvents events) {
                    var marked = item.getPackage().isAnnotatedWith(NullMarked.class);
                    events.add(
                        new SimpleConditionEvent(
                            item, marked, item.getName() + " in " + item.getPackageName()));
                  }
                }));
  }
}
