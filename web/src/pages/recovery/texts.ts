import { defineTexts } from '../../language/texts.ts';

export const t = defineTexts(
  {
    title: 'بازیابی گذرواژه',
    step: 'بازیابی گذرواژه · مرحلهٔ {step, number} از ۴',
    identityLead: 'کد ملی خود را وارد کنید تا راه‌های بازیابی را ببینید.',
    nationalCode: 'کد ملی',
    nationalCodeHint: '۱۰ رقم، با صفرهای ابتدای آن',
    next: 'ادامه',
    over: 'زمان بازیابی تمام شد یا این بازیابی پیش‌تر به پایان رسیده است؛ دوباره شروع کنید. گذرواژهٔ شما تغییری نکرده است مگر آن را ثبت کرده باشید.',
    visitBranch:
      'راه دیگری برای بازیابی این حساب نمانده است. با کارت ملی به یکی از شعبه‌ها بروید تا بازیابی را آنجا کامل کنید.',
    signIn: 'بازگشت به ورود',

    methodTitle: 'چگونه بازیابی می‌کنید؟',
    methodLegend: 'روش بازیابی',
    secondLead:
      'برای اطمینان بیشتر یک روش دیگر هم لازم است. درستی آنچه وارد کردید پس از این مرحله سنجیده می‌شود.',
    sms: 'کد با پیامک',
    email: 'کد با ایمیل',
    questions: 'پاسخ به پرسش‌های امنیتی',
    smsHint: 'به تلفن همراهی که ثبت کرده‌اید',
    emailHint: 'به ایمیلی که ثبت کرده‌اید، اگر ایمیلی ثبت کرده باشید',
    questionsHint: 'همان سه پرسشی که هنگام ثبت‌نام انتخاب کرده‌اید',
    destination: 'به {destination}',
    chooseAgain: 'این مرحله دیگر باز نیست؛ روش بازیابی را دوباره انتخاب کنید.',

    codeTitle: 'کد را وارد کنید',
    smsSent: 'کد ۶ رقمی به تلفن همراهی که ثبت کرده‌اید فرستاده می‌شود.',
    emailSent:
      'اگر ایمیلی ثبت کرده باشید کد ۶ رقمی به آن فرستاده می‌شود. اگر تا دو دقیقه نرسید، هرزنامه‌ها را ببینید یا روش دیگری انتخاب کنید.',
    sentTo: 'کد ۶ رقمی به {destination} فرستاده می‌شود.',
    askedAt: 'درخواست ساعت {asked}؛ تا ساعت {until} معتبر است.',
    otherMethod: 'روش دیگری انتخاب می‌کنم',

    answersTitle: 'پرسش‌های امنیتی',
    answersLead: 'بزرگی و کوچکی حروف، فاصله و شکل رقم‌ها مهم نیست.',
    answersUnknown: 'سه پرسشی را که هنگام ثبت‌نام انتخاب کرده‌اید مشخص کنید و به آن‌ها پاسخ دهید.',

    passwordTitle: 'گذرواژهٔ تازه',
    passwordLead: 'پس از ثبت، از همهٔ دستگاه‌ها خارج می‌شوید و با گذرواژهٔ تازه وارد می‌شوید.',
    newPassword: 'گذرواژهٔ تازه',
    save: 'ثبت گذرواژه',
  },
  {
    title: 'Recover the password',
    step: 'Recover the password · step {step, number} of 4',
    identityLead: 'Enter your national code to see the ways of recovering.',
    nationalCode: 'National code',
    nationalCodeHint: '10 digits, with the zeros it begins with',
    next: 'Continue',
    over: 'The time for this recovery is over, or it was completed before; start again. Unless you had set a new password, nothing has been changed.',
    visitBranch:
      'No way of recovering this account is left. Go to a branch with your national card to complete it there.',
    signIn: 'Back to signing in',

    methodTitle: 'How do you want to recover?',
    methodLegend: 'Way of recovering',
    secondLead: 'To be sure, another way is needed as well. What you entered is looked at after this step.',
    sms: 'A code by SMS',
    email: 'A code by e-mail',
    questions: 'Answers to the security questions',
    smsHint: 'To the mobile that you registered',
    emailHint: 'To the e-mail address that you registered, if you did',
    questionsHint: 'The three questions that you chose when signing up',
    destination: 'To {destination}',
    chooseAgain: 'This step is not open any more; choose the way of recovering again.',

    codeTitle: 'Enter the code',
    smsSent: 'A 6-digit code is on its way to the mobile that you registered.',
    emailSent:
      'If you registered an e-mail address, a 6-digit code is on its way to it. If nothing has come after two minutes, look into your junk mail or choose another way.',
    sentTo: 'A 6-digit code is on its way to {destination}.',
    askedAt: 'Asked for at {asked}; good until {until}.',
    otherMethod: 'I choose another way',

    answersTitle: 'Security questions',
    answersLead: 'Capital letters, spaces and the form of digits make no difference.',
    answersUnknown: 'Say which three questions you chose when signing up, and answer them.',

    passwordTitle: 'New password',
    passwordLead: 'All devices are signed out when it is set; sign in with the new password then.',
    newPassword: 'New password',
    save: 'Set the password',
  },
);
